"""File a find: the photo of an identification becomes a card, or joins one."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from biologidex.accounts.models import User
from biologidex.animals.models import Taxon
from biologidex.animals.services import animal_for
from biologidex.core.errors import Forbidden
from biologidex.dex.changes import changing
from biologidex.dex.details import Details
from biologidex.dex.errors import AlreadySettled, NothingChosen
from biologidex.dex.models import DexEntry
from biologidex.dex.news import tell_friends
from biologidex.dex.services.cards import say
from biologidex.dex.services.history import Kind, note
from biologidex.dex.services.merging import found_again
from biologidex.dex.services.photos import show
from biologidex.dex.services.telling import count_anew
from biologidex.media.places import Place
from biologidex.vision import services as vision
from biologidex.vision.errors import NotFinished
from biologidex.vision.models import AnalysisJob
from biologidex.vision.selectors import suggestions

SETTLED = gettext_noop("This photo has already been filed or discarded.")


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
        raise NothingChosen(_("This identification has no such candidate."), field="choice")
    if one.taxon is None:
        raise NothingChosen(
            _("%(name)s is not in this server's taxonomy. Search for it.") % {"name": one.scientific_name},
            field="choice",
        )
    return one.taxon


def record_find(*, by: User, job: AnalysisJob, taxon: Taxon, details: Details) -> tuple[DexEntry, bool]:
    """File the photo of an identification under an animal, in the person's dex.

    Returns the card, and whether it is new: finding an animal again adds the photo to its card, as `found_again`
    tells. Filing the same identification twice under the same animal changes nothing.
    """
    details = details.checked()
    with changing(by.pk) as moment:
        jobs = AnalysisJob.objects.select_for_update(of=("self",)).select_related("photo")
        locked = jobs.filter(pk=job.pk).first()
        if locked is None:
            raise AlreadySettled(SETTLED)
        if locked.owner_id != by.pk:
            raise Forbidden(_("Only the person who took the photo can file it."))
        if not locked.is_finished:
            raise NotFinished(_("This photo is still being looked at. Please wait a moment."))
        if locked.settled_at:
            return _filed_before(locked, taxon), False
        entry, is_new = card_for(by=by, taxon=taxon, details=details, moment=moment)
        show(entry, locked.photo, moment, job=locked)
        vision.settle(job=locked)
        if is_new:
            tell_friends(entry)
            count_anew(entry.owner_id, entry.pk)
        return entry, is_new


def card_for(*, by: User, taxon: Taxon, details: Details, moment: datetime) -> tuple[DexEntry, bool]:
    """Return the person's card of this animal and whether it is new, with these details on it.

    Call it in `changing`, with a find whose photos are then shown on the card.
    """
    animal = animal_for(by=by, taxon=taxon)
    made = {
        **details.columns(),
        "filed_at": moment,
        "created_at": moment,
        "updated_at": moment,
        "touched_at": moment,
        "identified_at": moment,
        "verbatim_identification": taxon.scientific_name,
    }
    entry, is_new = DexEntry.objects.get_or_create(owner=by, animal=animal, defaults=made)
    if is_new:
        note(entry, Kind.FILED, moment, after=taxon.scientific_name)
    else:
        say(entry, found_again(Details.of(entry), details), moment)
        entry.touched_at = moment
        entry.save()
    return entry, is_new


def _filed_before(job: AnalysisJob, taxon: Taxon) -> DexEntry:
    """Return the card that this animal's photo is on already: asking twice is no mistake."""
    same = DexEntry.objects.filter(owner=job.owner_id, animal__taxon=taxon, photos__photo=job.photo_id)
    entry = same.select_related("animal").first()
    if entry is None:
        raise AlreadySettled(SETTLED)
    return entry
