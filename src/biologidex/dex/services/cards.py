"""Change what a card says, which animal it is of, or whether it is there at all."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from biologidex.accounts.models import User
from biologidex.animals.models import Animal
from biologidex.core import audit
from biologidex.core.errors import Forbidden, NotFound
from biologidex.dex.changes import changing
from biologidex.dex.details import Details
from biologidex.dex.errors import BadFind
from biologidex.dex.models import DexEntry, DexTombstone, EntryPhoto
from biologidex.dex.news import tell_friends
from biologidex.dex.privacy import place_for
from biologidex.dex.services.history import Kind, note, note_details
from biologidex.dex.services.merging import (
    VISIBILITIES,
    joined_notes,
    more_careful_place,
    narrower_audience,
    stricter_licence,
)
from biologidex.dex.services.photos import let_go
from biologidex.dex.services.telling import count_anew, looked_at
from biologidex.media.models import Photo

AUDIENCES = ("visibility", "geoprivacy")
NOT_YOURS = gettext_noop("Only its owner can change a card.")


@contextmanager
def _own(by: User, entry: DexEntry) -> Iterator[tuple[DexEntry, datetime]]:
    """Give the card as it is now, to be changed by its owner alone."""
    if entry.owner_id != by.pk:
        raise Forbidden(NOT_YOURS)
    with changing(by.pk) as moment:
        current = DexEntry.objects.select_related("animal__taxon").filter(pk=entry.pk).first()
        if current is None:
            raise NotFound(_("This card is not in your dex any more."))
        current.touched_at = moment
        yield current, moment


def edit(*, by: User, entry: DexEntry, details: Details) -> DexEntry:
    """Change what a card says."""
    details = details.checked()
    with _own(by, entry) as (current, moment):
        was_private = current.visibility == DexEntry.Visibility.PRIVATE
        note_details(current, moment, before=Details.of(current), after=details)
        say(current, details, moment)
        current.save()
        if was_private:
            tell_friends(current)
    return current


def choose_style(*, by: User, entry: DexEntry, style: str) -> DexEntry:
    """Choose how a card looks; blank is the usual look."""
    if style and style not in DexEntry.Style.values:
        raise BadFind(_("There is no such look of cards."), field="style")
    with _own(by, entry) as (current, _moment):
        current.style = style
        current.save(update_fields=["style", "touched_at"])
    return current


def change(*, by: User, entry: DexEntry, details: Details | None, animal: Animal | None) -> None:
    """Change what a card says, or which animal it is of, or both or nothing at once."""
    if entry.owner_id != by.pk:
        raise Forbidden(NOT_YOURS)
    with transaction.atomic():
        if details is not None:
            edit(by=by, entry=entry, details=details)
        if animal is not None:
            identify_anew(by=by, entry=entry, animal=animal)


def mark_favorite(*, by: User, entry: DexEntry, is_favorite: bool) -> DexEntry:
    """Mark a card as a favourite, or no longer."""
    with _own(by, entry) as (current, _moment):
        current.is_favorite = is_favorite
        current.save(update_fields=["is_favorite", "touched_at"])
    return current


def identify_anew(*, by: User, entry: DexEntry, animal: Animal) -> DexEntry:
    """Say that a card is of another animal, or confirm that it is of this one.

    It stays the same card under the other number. If the person has a card of that animal already, the two become
    one: this one, with the photos and the words of both, shown to nobody whom either was not shown to, and under a
    licence that allows nothing that either did not allow.
    """
    with _own(by, entry) as (current, moment):
        if current.animal_id != animal.pk:
            names = {"before": current.animal.taxon.scientific_name, "after": animal.taxon.scientific_name}
            note(current, Kind.IDENTIFIED, moment, **names)
            twin = DexEntry.objects.filter(owner=by, animal=animal).first()
            if twin is not None:
                _join(twin, into=current, moment=moment)
            current.animal = animal
            # Not when it was made: whoever says that an old card is of this animal found it no earlier.
            current.filed_at = twin.filed_at if twin else moment
        current.identified_at = current.updated_at = moment
        current.verbatim_identification = animal.taxon.scientific_name
        current.save()
        looked_at(current)
    return current


def tell_places_anew(*, animal_ids: Collection[UUID]) -> None:
    """Note on cards of these animals that their places are told otherwise than before. To its owner a card is the same.

    Only a place that its owner tells openly depends on the animal.
    """
    told = DexEntry.objects.filter(animal__in=animal_ids, geoprivacy=DexEntry.Geoprivacy.OPEN)
    told = told.exclude(visibility=DexEntry.Visibility.PRIVATE).exclude(latitude=None, place_name="")
    for owner_id in told.order_by("owner").values_list("owner", flat=True).distinct():
        with changing(owner_id) as moment:
            told.filter(owner=owner_id).update(updated_at=moment)


def delete(*, by: User, entry: DexEntry) -> None:
    """Take a card out of the dex, with the photos that nothing else shows. Deleting it again changes nothing."""
    with _own(by, entry) as (current, moment):
        photos = list(Photo.objects.filter(shown_on__entry=current))
        bury(current, audience=current.visibility, moment=moment, is_deleted=True)
        audit.note(by.pk, "card.delete", kind="card", pk=current.pk)
        current.delete()
        for photo in photos:
            let_go(by=by, photo=photo)
        count_anew(by.pk)


def _join(twin: DexEntry, *, into: DexEntry, moment: datetime) -> None:
    """Move what the other card has onto this one, and take the other away. Nothing that was said is lost."""
    kept, other = Details.of(into), Details.of(twin)
    joined = replace(
        kept,
        visibility=narrower_audience(kept.visibility, other.visibility),
        geoprivacy=more_careful_place(kept.geoprivacy, other.geoprivacy),
        license=stricter_licence(kept.license, other.license),
        catch_date=min((day for day in (kept.catch_date, other.catch_date) if day), default=None),
        place=kept.place or other.place,
        place_name=kept.place_name or other.place_name,
        establishment=kept.establishment or other.establishment,
        notes=joined_notes(kept.notes, other.notes, between="\n\n"),
        is_favorite=kept.is_favorite or other.is_favorite,
    )
    into.hidden_at = into.hidden_at or twin.hidden_at
    say(into, joined, moment)
    already = into.photos.values("photo")
    EntryPhoto.objects.filter(entry=twin).exclude(photo__in=already).update(entry=into)
    twin.changes.update(entry=into)
    note(into, Kind.JOINED, moment)
    bury(twin, audience=twin.visibility, moment=moment, is_deleted=True)
    audit.note(into.owner_id, "card.join", kind="card", pk=twin.pk, into=str(into.pk))
    twin.delete()


def say(entry: DexEntry, details: Details, moment: datetime) -> None:
    """Let the card say this. If fewer people may see it now, the others are left word.

    What is its owner's own business, such as a favourite, or where in its cell it was, is no change for others.
    """
    before, told = entry.visibility, _told(entry)
    audiences = {name: getattr(entry, name) for name in AUDIENCES}
    for name, value in details.columns().items():
        setattr(entry, name, value)
    changed = {
        name: [former, getattr(entry, name)]
        for name, former in audiences.items()
        if getattr(entry, name) != former
    }
    if changed:
        audit.note(entry.owner_id, "card.audience", kind="card", pk=entry.pk, **changed)
    if _told(entry) != told:
        entry.updated_at = moment
    if VISIBILITIES.index(entry.visibility) < VISIBILITIES.index(before):
        bury(entry, audience=before, moment=moment)


def _told(entry: DexEntry) -> tuple[object, ...]:
    """Return what of a card's details others are told."""
    words = (entry.visibility, entry.catch_date, entry.establishment, entry.license, entry.notes)
    return (*words, place_for(entry, None))


def bury(entry: DexEntry, *, audience: str, moment: datetime, is_deleted: bool = False) -> None:
    """Leave word for those who could see the card until now."""
    DexTombstone.objects.create(
        entry_id=entry.pk,
        owner_id=entry.owner_id,
        creation_index=entry.animal.creation_index,
        audience=audience,
        is_deleted=is_deleted,
        gone_at=moment,
    )
