"""Our own exports, read back: CSV, JSON, and the list in a ZIP archive."""

from dataclasses import replace
from typing import Any

from biologidex.dex.details import Details
from biologidex.dex.exchange import sentences
from biologidex.dex.exchange.cells import restored
from biologidex.dex.exchange.incoming import values
from biologidex.dex.exchange.incoming.rows import BadRow, Find, PhotoIn, Row
from biologidex.dex.models import DexEntry
from biologidex.media.errors import ImpossiblePlace
from biologidex.media.places import Place

LONGEST_NAME = 200
MOST_PHOTOS = 1000
TEXTS = {"place_source", "geoprivacy", "establishment", "license", "visibility"}
COLUMNS: dict[str, str] = {}  # a field is called as its column


def unprotected(row: Row) -> Row:
    """Return the line of a table without the signs that kept its cells from being computed."""
    cells = {name: restored(cell) for name, cell in row.cells.items()}
    return Row(row.line, cells, row.headings, row.trouble)


def find(row: Row, usual: Details) -> Find:
    """Return what one entry says. What it does not say stays as cautious as `usual`."""
    said = {name: _exactly(row, name) for name in ("notes", "place_name", *TEXTS)}
    cautious = {name: said[name] for name in ("visibility", "geoprivacy") if said[name]}
    licence = {"license": said["license"]} if "license" in row.cells else {}  # blank is one: no rights given
    details = replace(usual, license="").saying(
        **cautious,
        **licence,
        establishment=said["establishment"],
        catch_date=values.day(row, "catch_date"),
        place=place(row.cells, source=said["place_source"], row=row),
        place_name=said["place_name"],
        notes=said["notes"],
        is_favorite=values.flag(row, "is_favorite") or False,
    )
    entry_id = values.identifier(row, "id")
    return Find(
        line=row.line,
        source=f"biologidex:{entry_id or row.digest}",
        details=details,
        scientific_name=row.text("scientific_name")[:LONGEST_NAME],
        common_name=row.text("common_name")[:LONGEST_NAME],
        rank=row.text("rank"),
        taxon=row.text("taxon"),
        verbatim=_exactly(row, "verbatim_identification")[:LONGEST_NAME]
        if "verbatim_identification" in row.cells
        else None,
        identified_at=values.moment(row, "identified_at"),
        created_at=values.moment(row, "created_at"),
        photos=_photos(row),
    )


def entry_id_of(source: str) -> str:
    """Return the id of the card that an entry was written from; blank if the file did not say."""
    told = source.removeprefix("biologidex:")
    return told if len(told) == len("00000000-0000-0000-0000-000000000000") else ""


def _exactly(row: Row, name: str) -> str:
    value = row.cells.get(name)
    if not isinstance(value, str | None):
        raise BadRow(sentences.NOT_A_TEXT, column=name)
    return value or ""


def place(cells: Any, *, source: str, row: Row) -> Place | None:
    """Return the place that an entry or a photo tells."""
    told = Row(row.line, cells)
    source = source or (DexEntry.PlaceSource.PERSON if told.text("latitude") else "")
    if source not in {"", *DexEntry.PlaceSource.values}:
        raise BadRow(
            sentences.NO_SOURCE % {"sources": ", ".join(DexEntry.PlaceSource.values)},
            column="place_source",
        )
    latitude, longitude = values.number(told, "latitude"), values.number(told, "longitude")
    try:
        found = Place.given(latitude, longitude, values.number(told, "accuracy_m"), source=source)
        if found:
            found.check()
    except ImpossiblePlace as error:
        raise BadRow(error.message, column=error.field or "") from error
    return found


def _photos(row: Row) -> tuple[PhotoIn, ...]:
    listed = row.cells.get("photos")
    if isinstance(listed, str) or listed is None:  # a table names them only; nothing comes with it
        return ()
    if not isinstance(listed, list) or len(listed) > MOST_PHOTOS:
        raise BadRow(sentences.NO_LIST, column="photos")
    return tuple(_photo(told, row) for told in listed)


def _photo(told: Any, row: Row) -> PhotoIn:
    if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in ("file", "sha256")):
        raise BadRow(sentences.NO_PHOTO, column="photos")
    own = Row(row.line, told)
    # A place that the photo itself tells is read from it again; only what somebody added is not in the file.
    source = own.text("place_source")
    added = source in {DexEntry.PlaceSource.PERSON, DexEntry.PlaceSource.DEVICE}
    return PhotoIn(
        file=told["file"],
        sha256=told["sha256"],
        framing=own.text("framing"),
        place=place(told, source=source, row=row) if added else None,
        added_at=values.moment(own, "added_at"),
    )
