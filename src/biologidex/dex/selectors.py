"""Reads of finds that more than one caller needs."""

from django.db.models import Prefetch, QuerySet

from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry, EntryPhoto
from biologidex.vision.models import AnalysisJob


def with_card(entries: QuerySet[DexEntry]) -> QuerySet[DexEntry]:
    """Load what a card shows, in two queries whatever the number of cards."""
    photos = EntryPhoto.objects.select_related("photo")
    return entries.select_related("owner", "animal__taxon").prefetch_related(Prefetch("photos", photos))


def dex_of(owner: User) -> QuerySet[DexEntry]:
    """Return a person's own cards by their number."""
    return with_card(DexEntry.objects.filter(owner=owner)).order_by("animal__creation_index")


def card_of(job: AnalysisJob) -> DexEntry | None:
    """Return the card on which an identification ended. A photo given twice is on the card only once."""
    if not job.settled_at:
        return None
    cards = DexEntry.objects.filter(owner=job.owner_id)
    return cards.filter(photos__job=job).first() or cards.filter(photos__photo=job.photo_id).first()
