"""Which kind of file it is, told by its contents alone, and how it is read."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from biologidex.dex.details import Details
from biologidex.dex.exchange.errors import BadFile, FileTooLarge
from biologidex.dex.exchange.incoming import documents, ebird, inaturalist, own, tables
from biologidex.dex.exchange.incoming.archives import Archive
from biologidex.dex.exchange.incoming.rows import Find, Row

MOST_ROWS = 100_000
UNKNOWN = gettext_noop(
    "This file is not known here. Send an export of BiologiDex (CSV, JSON or ZIP), an export of observations from "
    "iNaturalist, or the life list or all data from eBird."
)
Reading = Callable[[Row, Details], Find]


@dataclass(frozen=True)
class Kind:
    """A kind of file: how it is told from others by its headings, and what a line of it means."""

    name: str
    is_it: Callable[[list[str]], bool]
    find: Reading
    columns: Mapping[str, str] = field(
        default_factory=dict
    )  # where a field stands, if not under its own name


def _is_own(headings: list[str]) -> bool:
    return {"scientific_name", "catch_date"} <= set(headings)


TABLES = (
    Kind("biologidex-csv", _is_own, lambda row, usual: own.find(own.unprotected(row), usual)),
    Kind("inaturalist", inaturalist.is_export, inaturalist.export_find, inaturalist.EXPORT_COLUMNS),
    Kind("inaturalist-upload", inaturalist.is_upload, inaturalist.upload_find, inaturalist.UPLOAD_COLUMNS),
    Kind("ebird", ebird.is_ebird, ebird.find, ebird.COLUMNS),
)
JSON = Kind("biologidex-json", lambda _: False, own.find)
ZIP = Kind("biologidex-zip", lambda _: False, own.find)
KINDS = {kind.name: kind for kind in (*TABLES, JSON, ZIP)}


@dataclass(frozen=True)
class Source:
    """A file that has been recognised."""

    kind: Kind
    rows: Callable[[], Iterator[Row]]
    archive: Archive | None = None

    def count(self) -> int:
        """Read the file once from beginning to end, and return the number of its lines; raise BadFile if it ends."""
        count = 0
        for count, _row in enumerate(self.rows(), start=1):
            if count > MOST_ROWS:
                told = {"most": MOST_ROWS}
                raise FileTooLarge(
                    _("This file has more than %(most)s finds. Please send it in parts.") % told
                )
        return count


@contextmanager
def recognised(content: IO[bytes]) -> Iterator[Source]:
    """Give the file as what it is, or raise BadFile."""
    content.seek(0)
    start = content.read(4)
    if not start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield _text(content)
        return
    archive = Archive(content)
    with archive.listing() as listing:
        found = _text(listing)
        yield Source(ZIP if found.kind is JSON else found.kind, found.rows, archive)


def _text(content: IO[bytes]) -> Source:
    content.seek(0)
    if content.read(1000).removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[")):
        return Source(JSON, lambda: documents.rows(content))
    for delimiter, headings in tables.headings_of(content):
        known = [heading.lower() for heading in headings]
        kind = next((kind for kind in TABLES if kind.is_it(known)), None)
        if kind:
            return Source(kind, lambda: tables.rows(content, delimiter))  # noqa: B023 -- returned at once
    raise BadFile(UNKNOWN)
