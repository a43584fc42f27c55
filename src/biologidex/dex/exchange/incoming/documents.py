"""Our own JSON document, card by card: a large one takes no more memory than a small one besides its text."""

import re
from collections.abc import Iterator
from typing import IO

import orjson

from biologidex.dex.exchange.errors import BadFile
from biologidex.dex.exchange.incoming.rows import Row
from biologidex.dex.exchange.record import FORMAT, VERSION

# Strings are skipped whole, so that a bracket in somebody's notes is no bracket.
TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|["{}\[\]]', re.DOTALL)
HEAD = re.compile(r'"entries"\s*:\s*\[')
LONGEST_HEAD, LONGEST_ENTRY = 10_000, 200_000  # characters


def rows(content: IO[bytes]) -> Iterator[Row]:
    """Give every entry with the line it begins on, or raise BadFile with line and column."""
    content.seek(0)
    try:
        text = content.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile("This is not text in UTF-8, as JSON must be.") from error
    at, line, seen = _start(text), 1, 0
    for begin, end in _spans(text, at):
        line += text.count("\n", seen, begin)
        seen = begin
        yield Row(line, _entry(text, begin, end))


def _start(text: str) -> int:
    """Return where the entries begin. What stands before them says which document it is."""
    head = HEAD.search(text, 0, LONGEST_HEAD)
    try:
        told = orjson.loads(text[: head.start()].rstrip().removesuffix(",") + "}") if head else {}
    except orjson.JSONDecodeError:
        told = {}
    if head is None or told.get("format") != FORMAT:
        raise BadFile("This JSON is not an export of BiologiDex.")
    if told.get("version") != VERSION:
        raise BadFile(
            f"This export is of version {told.get('version')}; this server reads version {VERSION}."
        )
    return head.end()


def _spans(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Give where each entry begins and ends, by counting brackets up to the one that closes the list."""
    depth, begin = 0, at
    for token in TOKEN.finditer(text, at):
        sign = token[0]
        if depth == 0:
            _expect_only(" \t\r\n,", text, begin, token.start())
            begin = token.start()
            if sign == "]":
                return
        depth += 1 if sign in "{[" else -1 if sign in "}]" else 0
        if depth <= 0 or token.end() - begin > LONGEST_ENTRY or sign == '"':
            _check(text, begin, token.end(), depth)
            yield begin, token.end()
            begin = token.end()
    raise _at(text, begin, "The file ends in the middle of what begins here")


def _check(text: str, begin: int, end: int, depth: int) -> None:
    """Raise BadFile unless an entry ends here."""
    if end - begin > LONGEST_ENTRY:
        raise _at(text, begin, f"An entry is longer than {LONGEST_ENTRY} characters")
    if text[end - 1] == '"' and depth:
        raise _at(text, end - 1, "A text begins here and never ends")
    if depth < 0 or text[begin] not in "{[":
        raise _at(text, begin, "An entry should begin here")


def _expect_only(signs: str, text: str, begin: int, end: int) -> None:
    stray = next((place for place in range(begin, end) if text[place] not in signs), None)
    if stray is not None:
        raise _at(text, stray, "An entry should begin here")


def _entry(text: str, begin: int, end: int) -> dict[str, object]:
    try:
        entry = orjson.loads(text[begin:end])
    except orjson.JSONDecodeError as error:
        raise _at(text, begin + error.pos, f"This is not valid JSON ({error.msg})") from error
    if not isinstance(entry, dict):
        raise _at(text, begin, "An entry is an object with names and values")
    return entry


def _at(text: str, place: int, sentence: str) -> BadFile:
    line, column = text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
    return BadFile(f"{sentence}: line {line}, column {column}.")
