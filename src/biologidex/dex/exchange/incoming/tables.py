"""Tables as text: which signs part their cells, and where a line is not right."""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from biologidex.dex.exchange import sentences
from biologidex.dex.exchange.errors import BadFile
from biologidex.dex.exchange.incoming.rows import Row

DELIMITERS = ",;\t"  # as the sites write, as some countries' spreadsheets save, as UTF-16 tables come
LONGEST_HEADING = 100_000  # characters
LONGEST_ROW, MOST_LINES = 200_000, 1_000_000  # characters, and lines of one table


def encoding_of(content: IO[bytes]) -> str:
    """Return how the text is written, by the mark it begins with. Without one it has to be UTF-8."""
    content.seek(0)
    start = content.read(4)
    content.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig"


def headings_of(content: IO[bytes]) -> list[tuple[str, list[str]]]:
    """Return the first line as each delimiter would part it: whoever knows one of them knows the file."""
    with _lines(content) as text:
        try:
            first = text.readline(LONGEST_HEADING)
        except UnicodeError as error:
            raise _undecodable(1) from error
    parted = []
    for delimiter in DELIMITERS:
        try:
            cells = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            continue
        parted.append((delimiter, [cell.strip() for cell in cells]))
    return parted


def rows(content: IO[bytes], delimiter: str) -> Iterator[Row]:
    """Give every line below the heading, or raise BadFile with the place from which nothing can be read."""
    with _lines(content) as text:
        lines = _Bounded(text)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        line = 1
        try:
            headings = [cell.strip() for cell in next(reader)]
            line, lines.room = reader.line_num + 1, LONGEST_ROW
            names = [heading.lower() for heading in headings]
            told = dict(zip(names, headings, strict=True))
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield _row(line, cells, names, told)
                line, lines.room = reader.line_num + 1, LONGEST_ROW
        except UnicodeError as error:
            raise _undecodable(reader.line_num + 1) from error
        except _Endless as error:
            raise BadFile(_(error.sentence) % {"line": line, "most": error.most}) from error
        except csv.Error as error:
            trouble: dict[str, object] = {"line": line, "trouble": error}
            raise BadFile(
                _("Line %(line)s cannot be read: %(trouble)s. Has a quotation mark been lost?") % trouble
            ) from error


LONG_ROW = gettext_noop("Line %(line)s begins a row that is longer than %(most)s characters.")
MANY_LINES = gettext_noop("Line %(line)s begins a row that comes after %(most)s lines, which is too many.")


class _Endless(Exception):
    """A row, or a table, of which no end is in sight."""

    def __init__(self, sentence: str, most: int) -> None:
        super().__init__(sentence)
        self.sentence, self.most = sentence, most


class _Bounded:
    """The lines of a text, as many as a table may have, and as long as one row does not take more than its room.

    Each of its cells takes memory, and each line takes time, even if nothing is on it.
    """

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._left = MOST_LINES
        self.room = LONGEST_ROW

    def __iter__(self) -> "_Bounded":
        """Give them one by one."""
        return self

    def __next__(self) -> str:
        """Give the next one."""
        line = self._text.readline(self.room + 1)
        if not line:
            raise StopIteration
        self.room -= len(line)
        self._left -= 1
        if self.room < 0:
            raise _Endless(LONG_ROW, LONGEST_ROW)
        if self._left < 0:
            raise _Endless(MANY_LINES, MOST_LINES)
        return line


def _row(line: int, cells: list[str], names: list[str], told: dict[str, str]) -> Row:
    trouble = ""
    if any(cell.strip() for cell in cells[len(names) :]):
        trouble = sentences.TOO_MANY_CELLS % {"cells": len(cells), "headings": len(names)}
    return Row(line, dict(zip(names, cells, strict=False)), told, trouble)


@contextmanager
def _lines(content: IO[bytes]) -> Iterator[io.TextIOWrapper]:
    """Give the text of a file, which stays open for others afterwards."""
    text = io.TextIOWrapper(content, encoding=encoding_of(content), newline="")
    try:
        yield text
    finally:
        text.detach()


def _undecodable(line: int) -> BadFile:
    told = {"line": line}
    return BadFile(
        _("Line %(line)s is not text in UTF-8. In a spreadsheet, save it as “CSV UTF-8” and try again.")
        % told
    )
