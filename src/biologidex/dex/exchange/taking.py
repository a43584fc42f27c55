"""Put one find of a file into the dex: all of it or nothing, and never twice."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError

from biologidex.accounts.models import User
from biologidex.animals.models import Taxon
from biologidex.core import jobs
from biologidex.core.errors import Invalid, TooLarge, Unavailable
from biologidex.dex.changes import changing
from biologidex.dex.details import Details
from biologidex.dex.errors import NotesTooLong
from biologidex.dex.exchange import sentences
from biologidex.dex.exchange.incoming import names, own
from biologidex.dex.exchange.incoming.rows import BadRow, Find, PhotoIn, Row, Unclear
from biologidex.dex.exchange.incoming.sources import Source
from biologidex.dex.exchange.models import ImportRow, ImportRun
from biologidex.dex.models import DexEntry
from biologidex.dex.services import card_for
from biologidex.dex.services.cards import say
from biologidex.dex.services.merging import joined_notes, more_careful_place
from biologidex.dex.services.photos import MOST_PHOTOS, show
from biologidex.media import services as media
from biologidex.media.framing import Framing
from biologidex.media.models import Photo

Outcome = ImportRow.Outcome
LONGEST_NAME, LONGEST_COLUMN, LONGEST_MESSAGE = 200, 60, 500
# Where a line says which animal it is, in any of the files that are known.
NAMES = (
    "scientific_name",
    "scientific name",
    "common name",
    "common_name",
    "species",
    "taxon name",
    "species guess",
)


@dataclass(frozen=True)
class Taken:
    """A photo that is on this server now, and since when its card has shown it."""

    photo: Photo
    added_at: datetime | None


def take(run: ImportRun, source: Source, number: int, row: Row) -> None:
    """Take one line in, and write down what became of it. Repeating the call changes nothing."""
    try:
        _take(run, source, number, row)
    except IntegrityError:
        if not run.rows.filter(number=number).exists():  # or else another worker was faster
            raise


def _take(run: ImportRun, source: Source, number: int, row: Row) -> None:
    line = {"run": run, "number": number}
    note: dict[str, Any] = {"line": row.line}
    try:
        find = read(row, source, run.owner)
        note |= {"source": hashlib.sha256(find.source.encode()).hexdigest(), "name": find.name[:LONGEST_NAME]}
        taxon = names.taxon_of(find)
    except BadRow as trouble:
        ImportRow.objects.get_or_create(**line, defaults=trouble_with(row, trouble) | note)
        return
    if known := known_card(run.owner, find, note["source"]):
        note |= {"outcome": Outcome.KNOWN, "entry": known}
        ImportRow.objects.get_or_create(**line, defaults=note)
        return
    remarks = list(find.remarks)
    photos = list(_photos(run.owner, source, find, remarks))  # outside the transaction: it takes a while
    with changing(run.owner_id) as moment:
        details, shown = fit_to_show(run.owner, taxon, find.details, photos, remarks)
        entry, is_new = card_for(by=run.owner, taxon=taxon, details=details, moment=moment)
        if is_new:
            _restore(entry, find)
        else:
            _learn(entry, details, moment)
        _show(entry, shown, remarks, moment)
        note |= {"outcome": Outcome.IMPORTED if is_new else Outcome.JOINED, "entry": entry}
        ImportRow.objects.create(**line, **note, message=_kept(" ".join(remarks), LONGEST_MESSAGE))


def trouble_with(row: Row, trouble: BadRow) -> dict[str, Any]:
    """Return what is written down of a line that became nothing."""
    return {
        "outcome": Outcome.UNCLEAR if isinstance(trouble, Unclear) else Outcome.REFUSED,
        "name": _kept(row.text(*NAMES), LONGEST_NAME),
        "column": _kept(row.headings.get(trouble.column.lower(), trouble.column), LONGEST_COLUMN),
        "message": _kept(trouble.message, LONGEST_MESSAGE),
    }


def _kept(text: str, longest: int) -> str:
    """Return the text as a database keeps it."""
    return text.replace("\0", " ")[:longest]


def read(row: Row, source: Source, owner: User) -> Find:
    """Return what the line says, or raise BadRow with the heading of what cannot be right."""
    if row.trouble:
        raise BadRow(row.trouble)
    usual = replace(Details.usual(owner.profile), visibility=DexEntry.Visibility.PRIVATE)
    try:
        find = source.kind.find(row, usual)
        find.details.checked()
    except Invalid as error:
        field = error.field or ""
        raise BadRow(error.message, column=source.kind.columns.get(field, field)) from error
    if "\0" in f"{find.name}{find.verbatim}{find.taxon}":
        raise BadRow(sentences.NUL)
    return find


def known_card(owner: User, find: Find, digest: str) -> DexEntry | None:
    """Return the card that this find is on already: put there by an import, or the one it was written from."""
    mine = DexEntry.objects.filter(owner=owner)
    entry_id = own.entry_id_of(find.source)
    if entry_id and (written_from := mine.filter(pk=entry_id).first()):
        return written_from
    return mine.filter(import_rows__source=digest).first()


def fit_to_show(
    owner: User, taxon: Taxon, details: Details, photos: list[Taken], remarks: list[str]
) -> tuple[Details, list[Taken]]:
    """Return what of a find goes onto the card that there is already, and remark what does not.

    A line that does not say who may see it is for its owner alone. So it adds nothing to a card that others see.
    """
    card = DexEntry.objects.filter(owner=owner, animal__taxon=taxon).first()
    if card is None:
        return details, photos
    if not details.has_said("visibility") and card.visibility != DexEntry.Visibility.PRIVATE:
        remarks.append(sentences.SEEN_BY_OTHERS)
        return Details.of(card), []
    try:
        joined_notes(card.notes, details.notes)
    except NotesTooLong:
        remarks.append(sentences.NO_ROOM)
        return details.saying(notes=""), photos
    return details, photos


def _restore(entry: DexEntry, find: Find) -> None:
    """Give a new card the moments and the words that the file remembers."""
    told = {
        "created_at": find.created_at,
        "identified_at": find.identified_at,
        "verbatim_identification": find.name[:200] if find.verbatim is None else find.verbatim,
    }
    DexEntry.objects.filter(pk=entry.pk).update(
        **{name: value for name, value in told.items() if value is not None}
    )


def _learn(entry: DexEntry, details: Details, moment: datetime) -> None:
    """Let a card without photos tell of the earliest find: its day and its place, which belong together.

    A card with a photo keeps what it says: somebody has looked at both.
    """
    now = Details.of(entry)
    is_earlier = details.catch_date and (now.catch_date is None or details.catch_date < now.catch_date)
    if not is_earlier or entry.photos.exists():
        return
    first = replace(
        now,
        catch_date=details.catch_date,
        place=details.place,
        place_name=details.place_name,
        geoprivacy=more_careful_place(now.geoprivacy, details.geoprivacy),
    )
    say(entry, first, moment)
    entry.save()


def _photos(owner: User, source: Source, find: Find, remarks: list[str]) -> Iterator[Taken]:
    for told in find.photos:
        if source.archive is None:
            remarks.append(sentences.NOT_IN_THIS_FILE)
            return
        photo = _photo(owner, source, told, remarks)
        if photo:
            yield Taken(photo, told.added_at)


def _photo(owner: User, source: Source, told: PhotoIn, remarks: list[str]) -> Photo | None:
    """Take one photo in. One that cannot be had is remarked upon, and keeps nothing else back."""
    if source.archive is None:
        return None
    with source.archive.photo(told.file, told.sha256) as opened:
        if opened is None:
            remarks.append(sentences.PHOTO_LOST % {"file": told.file[:60]})
            return None
        file, size = opened
        try:
            photo = media.store_photo(by=owner, upload=UploadedFile(file, size=size), place=told.place)
            return media.frame(by=owner, photo=photo, framing=Framing.read(told.framing))
        except Unavailable as error:
            raise jobs.Retry(error.code) from error
        except (Invalid, TooLarge) as error:
            remarks.append(f"{told.file[:60]}: {error.message}")
            return None


def _show(entry: DexEntry, photos: list[Taken], remarks: list[str], moment: datetime) -> None:
    room = MOST_PHOTOS - entry.photos.count()
    if len(photos) > room:
        remarks.append(f"Only {room} of its {len(photos)} photos have room on the card.")
    for taken in photos[: max(room, 0)]:
        show(entry, taken.photo, moment, **({"added_at": taken.added_at} if taken.added_at else {}))
