"""Archives of names as others publish them: a ZIP file or a folder with tables. Read row by row, never whole."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from biologidex.animals.errors import BadArchive

LONGEST_FIELD = 1_000_000  # characters; remarks may be long, a file without line ends is longer
ACCEPTED = frozenset({"accepted", "provisionally accepted", "valid", "doubtful", ""})


@dataclass(frozen=True)
class Usage:
    """A row that uses a name. `parent` of a synonym is the accepted name."""

    line: int
    id: str
    parent: str
    rank: str
    name: str
    authorship: str
    is_synonym: bool


class Archive(Protocol):
    """A kind of archive, opened. Both walks always give the same rows in the same order."""

    def usages(self) -> Iterator[Usage]:
        """Give every row that uses a name."""

    def vernaculars(self) -> Iterator[tuple[str, str]]:
        """Give the id of a name and what people call it in English."""


@dataclass(frozen=True)
class Layout:
    """How a table is written: which column holds what, and what stands between them."""

    file: str
    columns: Mapping[str, int]
    delimiter: str = "\t"
    quote: str = ""
    encoding: str = "utf-8"
    header_lines: int = 1

    def column(self, name: str) -> int:
        """Return where a column is, or raise BadArchive."""
        if name not in self.columns:
            raise BadArchive(f"{self.file} has no column {name}.")
        return self.columns[name]


class Files:
    """The files of an archive, wherever they lie."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._zip = None if place.is_dir() else _zip(place)
        names = (
            self._zip.namelist() if self._zip else [str(one.relative_to(place)) for one in place.rglob("*")]
        )
        self._names = {Path(name).name.lower(): name for name in sorted(names, key=len, reverse=True)}

    def find(self, *names: str) -> str:
        """Return the first of these files that is there, empty if none is. Folders and case do not matter."""
        return next((self._names[name.lower()] for name in names if name.lower() in self._names), "")

    @contextmanager
    def text(self, name: str, encoding: str = "utf-8") -> Iterator[io.TextIOBase]:
        """Open a file as text."""
        raw = self._zip.open(name) if self._zip else (self._place / name).open("rb")
        codec = "utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding
        with raw, io.TextIOWrapper(raw, encoding=codec, newline="") as text:
            yield text

    def rows(self, layout: Layout, *, least: int) -> Iterator[tuple[int, list[str]]]:
        """Give the rows of a table with their line numbers, or raise BadArchive naming the line."""
        csv.field_size_limit(LONGEST_FIELD)
        line = 0
        try:
            with self.text(layout.file, layout.encoding) as text:
                table = csv.reader(
                    text,
                    delimiter=layout.delimiter,
                    quotechar=layout.quote or None,
                    quoting=csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE,
                )
                for number, row in enumerate(table):
                    line = table.line_num
                    if number < layout.header_lines or not row:
                        continue
                    if len(row) <= least:
                        raise BadArchive(
                            f"{layout.file}, line {line}: {len(row)} columns where at least {least + 1} are needed."
                        )
                    yield line, row
        except (csv.Error, UnicodeError, zipfile.BadZipFile, EOFError, LookupError) as error:
            raise BadArchive(f"{layout.file}, after line {line}: cannot be read ({error}).") from error


def _zip(place: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(place)
    except (OSError, zipfile.BadZipFile) as error:
        raise BadArchive(f"{place.name} is neither a folder nor a ZIP file that can be read.") from error


def header(files: Files, name: str) -> Layout:
    """Return the layout of a table whose first line names its columns, as ColDP writes it."""
    delimiter = "," if name.lower().endswith(".csv") else "\t"
    layout = Layout(name, {}, delimiter=delimiter, quote='"' if delimiter == "," else "", header_lines=0)
    _, first = next(files.rows(layout, least=0), (0, []))
    columns = {cell.strip().rpartition(":")[2].lower(): place for place, cell in enumerate(first)}
    return Layout(name, columns, delimiter=delimiter, quote=layout.quote)


def is_synonym(status: str) -> bool:
    """Whether a status in the words of ColDP or Darwin Core means that the name is not the accepted one."""
    return status.strip().lower() not in ACCEPTED
