"""Everything that changes a dex."""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from biologidex.accounts.models import User
from biologidex.animals.models import Taxon
from biologidex.animals.services import animal_for
from biologidex.core.errors import Forbidden
from biologidex.dex.details import Details
from biologidex.dex.errors import AlreadySettled, NothingChosen
from biologidex.dex.models import DexEntry, EntryPhoto
from biologidex.media.places import NOWHERE, Place
from biologidex.vision import services as vision
from biologidex.vision.errors import NotFinished
from biologidex.vision.models import AnalysisJob
from biologidex.vision.selectors import suggestions

SETTLED = "This photo has already been filed or discarded."


def details_from_photo(job: AnalysisJob, details: Details) -> Details:
    """Fill what the person left out with what the photo itself tells, and with nothing else."""
    return replace(
        details,
        catch_date=details.catch_date or job.photo.taken_on,
        place=details.place or Place.of(job.photo),
    )


def chosen_taxon(*, job: AnalysisJob, choice: int) -> Taxon:
    """Return the taxon of one of the job's candidates; -1 means the answer that is sure."""
    outcome = suggestions(job)
    offered = {one.index: one for one in [*outcome.candidates, outcome.sure] if one}
    one = offered.get(choice)
    if one is None:
        raise NothingChosen("This identification has no such candidate.", field="choice")
    if one.taxon is None:
        raise NothingChosen(
            f"{one.scientific_name} is not in this server's taxonomy. Search for it.", field="choice"
        )
    return one.taxon


@transaction.atomic
def record_find(*, by: User, job: AnalysisJob, taxon: Taxon, details: Details) -> tuple[DexEntry, bool]:
    """File the photo of an identification under an animal, in the person's dex.

    Returns the card, and whether it is new: finding an animal again adds the photo to its card and leaves what
    the card says. Filing the same identification twice under the same animal changes nothing.
    """
    details = details.checked()
    jobs = AnalysisJob.objects.select_for_update(of=("self",)).select_related("photo")
    locked = jobs.filter(pk=job.pk).first()
    if locked is None:
        raise AlreadySettled(SETTLED)
    if locked.owner_id != by.pk:
        raise Forbidden("Only the person who took the photo can file it.")
    if not locked.is_finished:
        raise NotFinished("This photo is still being looked at. Please wait a moment.")
    if locked.settled_at:
        return _filed_before(locked, taxon), False
    animal = animal_for(by=by, taxon=taxon)
    entry, is_new = DexEntry.objects.get_or_create(owner=by, animal=animal, defaults=_columns(details))
    EntryPhoto.objects.get_or_create(entry=entry, photo=locked.photo, defaults={"job": locked})
    if not is_new:
        entry.save(update_fields=["updated_at"])
    vision.settle(job=locked)
    return entry, is_new


def _filed_before(job: AnalysisJob, taxon: Taxon) -> DexEntry:
    """Return the card that this animal's photo is on already: asking twice is no mistake."""
    same = DexEntry.objects.filter(owner=job.owner_id, animal__taxon=taxon, photos__photo=job.photo_id)
    entry = same.select_related("animal").first()
    if entry is None:
        raise AlreadySettled(SETTLED)
    return entry


@transaction.atomic
def edit(*, by: User, entry: DexEntry, details: Details) -> DexEntry:
    """Change what a card says."""
    if entry.owner_id != by.pk:
        raise Forbidden("Only its owner can change a card.")
    for name, value in _columns(details.checked()).items():
        setattr(entry, name, value)
    entry.save()
    return entry


@transaction.atomic
def mark_favorite(*, by: User, entry: DexEntry, is_favorite: bool) -> DexEntry:
    """Mark a card as a favourite, or no longer."""
    if entry.owner_id != by.pk:
        raise Forbidden("Only its owner can change a card.")
    DexEntry.objects.filter(pk=entry.pk).update(is_favorite=is_favorite, updated_at=timezone.now())
    entry.refresh_from_db()
    return entry


def _columns(details: Details) -> dict[str, object]:
    return {
        "visibility": details.visibility,
        "catch_date": details.catch_date,
        "place_name": details.place_name,
        "notes": details.notes,
        "is_favorite": details.is_favorite,
        **(details.place.columns() if details.place else NOWHERE),
    }
