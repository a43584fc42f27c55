"""Cells as values. What cannot be read is refused under the heading where it stands, never guessed."""

import math
import re
from datetime import UTC, date, datetime
from uuid import UUID

from biologidex.dex.details import NOTES_LENGTH, PLACE_NAME_LENGTH
from biologidex.dex.exchange import sentences
from biologidex.dex.exchange.incoming.rows import BadRow, Row

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ].*)?")
IN_WORDS = re.compile(r"(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4})")  # 12 Sep 2021
MONTH_FIRST = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")  # as eBird wrote it for some years
LONGEST = {"notes": NOTES_LENGTH, "place_name": PLACE_NAME_LENGTH}


def day(row: Row, *names: str) -> date | None:
    """Return the day in the first of these cells that says something."""
    name = next((name for name in names if row.text(name)), "")
    if not name:
        return None
    told = row.text(name)
    try:
        return _day(told)
    except ValueError as error:
        raise BadRow(sentences.NOT_A_DATE % {"told": told[:40]}, column=name) from error


def _day(told: str) -> date:
    if match := ISO.fullmatch(told):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := IN_WORDS.fullmatch(told):
        return date(int(match[3]), MONTHS.index(match[2].lower()) + 1, int(match[1]))
    if match := MONTH_FIRST.fullmatch(told):
        return date(int(match[3]), int(match[1]), int(match[2]))
    raise ValueError(told)


def number(row: Row, name: str) -> float | None:
    """Return the number in a cell."""
    value = row.cells.get(name)
    told = "" if value is None else str(value).strip()
    if not told:
        return None
    try:
        read = math.nan if isinstance(value, bool) else float(told)
    except ValueError:
        read = math.nan
    if not math.isfinite(read):
        raise BadRow(sentences.NOT_A_NUMBER % {"told": told[:40]}, column=name)
    return read


def flag(row: Row, name: str) -> bool | None:
    """Return whether a cell says yes or no; None if it says nothing."""
    told = (
        row.text(name).lower() if not isinstance(row.cells.get(name), bool) else str(row.cells[name]).lower()
    )
    if told in {"", "none"}:
        return None
    if told not in {"true", "false"}:
        raise BadRow(sentences.NEITHER % {"told": told[:40]}, column=name)
    return told == "true"


def moment(row: Row, name: str) -> datetime | None:
    """Return the moment in a cell; it must have been."""
    told = row.text(name)
    if not told:
        return None
    try:
        at = datetime.fromisoformat(told)
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRow(sentences.NOT_A_MOMENT % {"told": told[:40]}, column=name) from error
    if at > datetime.now(UTC):
        raise BadRow(sentences.NOT_YET % {"told": told[:40]}, column=name)
    return at


def identifier(row: Row, name: str) -> str:
    """Return a UUID in its one way of writing; blank if the cell has none."""
    try:
        return str(UUID(row.text(name)))
    except ValueError:
        return ""


def cut(text: str, field: str, heading: str, remarks: list[str]) -> str:
    """Return the text as long as it may be, and remark what was left behind."""
    most = LONGEST[field]
    if len(text) > most:
        remarks.append(sentences.CUT % {"heading": heading, "most": most, "count": len(text)})
    return text[:most]
