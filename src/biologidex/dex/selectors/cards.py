"""Reads of finds that more than one caller needs."""

from typing import Literal
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, Q, QuerySet

from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry, EntryPhoto
from biologidex.media.models import Photo
from biologidex.media.selectors import lookalikes
from biologidex.vision.models import AnalysisJob


def audience_of(photo_id: UUID, *, viewer_id: UUID | None) -> Literal["owner", "others"] | None:
    """Return as whom somebody may see the pictures of a photo: as its owner, through a card, or not at all."""
    photo = Photo.objects.filter(pk=photo_id)
    if viewer_id and photo.filter(owner=viewer_id, owner__is_active=True).exists():
        return "owner"
    viewer: User | AnonymousUser | None = AnonymousUser()
    if viewer_id:
        viewer = User.objects.filter(pk=viewer_id, is_active=True).first()
    if viewer is None:
        return None
    cards = DexEntry.objects.visible_to(viewer).filter(photos__photo=photo_id, owner__is_active=True)
    return "others" if cards.exists() else None


def with_card(entries: QuerySet[DexEntry]) -> QuerySet[DexEntry]:
    """Load what a card shows, in two queries whatever the number of cards."""
    photos = EntryPhoto.objects.select_related("photo")
    return entries.select_related("owner", "animal__taxon").prefetch_related(Prefetch("photos", photos))


def dex_of(owner: User) -> QuerySet[DexEntry]:
    """Return a person's own cards by their number."""
    return with_card(DexEntry.objects.filter(owner=owner)).order_by("animal__creation_index")


def cards_with(photo: Photo) -> list[DexEntry]:
    """Return the cards of its owner that show a photo already: it, a part of it, or one that looks the same."""
    root = photo.parent or photo
    shown = Q(photos__photo=root) | Q(photos__photo__parent=root)
    if same := lookalikes(root):
        shown |= Q(photos__photo__in=same) | Q(photos__photo__parent__in=same)
    cards = with_card(DexEntry.objects.filter(owner_id=photo.owner_id))
    return list(cards.filter(shown).order_by("animal__creation_index").distinct())


def card_of(job: AnalysisJob) -> DexEntry | None:
    """Return the card on which an identification ended. A photo given twice is on the card only once."""
    if not job.settled_at:
        return None
    cards = DexEntry.objects.filter(owner=job.owner_id)
    return cards.filter(photos__job=job).first() or cards.filter(photos__photo=job.photo_id).first()
