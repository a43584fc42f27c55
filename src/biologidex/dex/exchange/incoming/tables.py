"""Tables as text: which signs part their cells, and where a line is not right."""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from biologidex.dex.exchange.errors import BadFile
from biologidex.dex.exchange.incoming.rows import Row

DELIMITERS = ",;\t"  # as the sites write, as some countries' spreadsheets save, as UTF-16 tables come
LONGEST_HEADING = 100_000  # characters


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
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        line = 1
        try:
            headings = [cell.strip() for cell in next(reader)]
            line = reader.line_num + 1
            names = [heading.lower() for heading in headings]
            told = dict(zip(names, headings, strict=True))
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield _row(line, cells, names, told)
                line = reader.line_num + 1
        except UnicodeError as error:
            raise _undecodable(reader.line_num + 1) from error
        except csv.Error as error:
            raise BadFile(f"Line {line} cannot be read: {error}. Has a quotation mark been lost?") from error


def _row(line: int, cells: list[str], names: list[str], told: dict[str, str]) -> Row:
    trouble = ""
    if any(cell.strip() for cell in cells[len(names) :]):
        trouble = f"This line has {len(cells)} cells, but there are {len(names)} headings."
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
    return BadFile(
        f"Line {line} is not text in UTF-8. In a spreadsheet, save it as “CSV UTF-8” and try again."
    )
