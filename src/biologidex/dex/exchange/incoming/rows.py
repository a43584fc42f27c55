"""What a file says, line by line: first as cells, then as finds."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from biologidex.dex.details import Details
from biologidex.media.places import Place


class BadRow(Exception):
    """A line that cannot be a find as it stands. `column` is the heading to look under; blank if there is none."""

    def __init__(self, message: str, *, column: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.column = column


class Unclear(BadRow):
    """A line that a person has to look at: its animal is not known here, or more than one may be meant."""


@dataclass(frozen=True)
class Row:
    """One line of a file: its cells by small-letter headings, and where it begins."""

    line: int
    cells: Mapping[str, Any]
    headings: Mapping[str, str] = field(default_factory=dict)  # as the file writes them
    trouble: str = ""  # what is wrong with the line as a whole

    def text(self, *names: str) -> str:
        """Return the first of these cells that says something, without blanks around it."""
        return next((said for name in names if (said := str(self.cells.get(name) or "").strip())), "")

    @cached_property
    def digest(self) -> str:
        """What tells this line from others where it has no number of its own."""
        said = "\x1f".join(f"{name}={value}" for name, value in sorted(self.cells.items()))
        return hashlib.sha256(said.encode(errors="replace")).hexdigest()


@dataclass(frozen=True)
class PhotoIn:
    """A photo that comes in the same archive."""

    file: str
    sha256: str
    framing: str = ""
    place: Place | None = None
    added_at: datetime | None = None


@dataclass(frozen=True)
class Find:
    """A find as a file tells it. `source` names it for ever, so that reading it twice makes one."""

    line: int
    source: str
    details: Details
    scientific_name: str = ""
    common_name: str = ""
    rank: str = ""
    taxon: str = ""  # "ncbi:9612", from our own files
    verbatim: str | None = None  # what the animal was called there; None if that is `name`
    identified_at: datetime | None = None
    created_at: datetime | None = None
    photos: tuple[PhotoIn, ...] = ()
    remarks: tuple[str, ...] = ()  # what could not be kept whole

    @property
    def name(self) -> str:
        """What the file calls the animal."""
        return self.scientific_name or self.common_name
