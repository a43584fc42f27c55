"""Our own JSON document, card by card: a large one takes no more memory than a small one."""

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import orjson
from django.utils.translation import gettext as _

from biologidex.dex.exchange.errors import BadFile
from biologidex.dex.exchange.incoming.rows import Row
from biologidex.dex.exchange.record import FORMAT, VERSION

HEAD = re.compile(r'"entries"\s*:\s*\[')
BETWEEN = re.compile(r"[ \t\r\n,]*")
LONGEST_HEAD, LONGEST_ENTRY = 10_000, 200_000  # characters
MOST_PARTS = 1_000_000  # lists and objects of one document: each takes the time of hundreds of letters
PIECE = 100_000  # characters that are read at once
# Finds where an entry ends, faster than anything that looks at each sign in Python. What it says is read by orjson.
SCANNER = json.JSONDecoder(parse_int=float)


class Window:
    """The part of a text that is being looked at. It moves on, and is never much longer than an entry may be."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._line = 1
        self._before_line = (
            0  # characters of this line that are out of view; negative: where in view it begins
        )
        self.shown, self.at = "", 0
        self.is_last = False
        self._parts_left = MOST_PARTS

    def want(self, count: int) -> None:
        """Have so many characters in view from here on, if the text has as many."""
        if self.is_last or len(self.shown) - self.at >= count:
            return
        self.shown, self._before_line, self.at = self.shown[self.at :], self._before_line + self.at, 0
        pieces = [self.shown]
        while not self.is_last and sum(map(len, pieces)) < count:
            pieces.append(self._read())
            self.is_last = not pieces[-1]
        self.shown = "".join(pieces)

    def _read(self) -> str:
        try:
            piece = self._text.read(PIECE)
        except UnicodeDecodeError as error:
            raise BadFile(_("This is not text in UTF-8, as JSON must be.")) from error
        self._parts_left -= piece.count("[") + piece.count("{")
        if self._parts_left < 0:
            told = {"most": MOST_PARTS}
            raise BadFile(
                _("This file has more than %(most)s lists and objects. Please send it in parts.") % told
            )
        return piece

    def go_to(self, place: int) -> None:
        """Look from another place on, further back in what is in view."""
        if newlines := self.shown.count("\n", self.at, place):
            self._line += newlines
            self._before_line = -self.shown.rfind("\n", self.at, place) - 1
        self.at = place

    def skip(self, signs: re.Pattern[str]) -> str:
        """Go past all of these signs, and return the one that follows; none at the end."""
        while True:
            self.want(1)
            match = signs.match(self.shown, self.at)
            self.go_to(match.end() if match else self.at)
            if self.at < len(self.shown) or self.is_last:
                return self.shown[self.at : self.at + 1]

    @property
    def line(self) -> int:
        """The line that is looked at."""
        return self._line

    def trouble(self, sentence: str, *, at: int | None = None) -> BadFile:
        """Return what is wrong here, or at another place in view, with line and column."""
        if at is not None:
            self.go_to(at)
        told = {"what": sentence, "line": self._line, "column": self._before_line + self.at + 1}
        return BadFile(_("%(what)s: line %(line)s, column %(column)s.") % told)


def _not_json(error: json.JSONDecodeError) -> str:
    return _("This is not valid JSON (%(trouble)s)") % {"trouble": error.msg}


def rows(content: IO[bytes]) -> Iterator[Row]:
    """Give every entry with the line it begins on, or raise BadFile with line and column."""
    with _window(content) as window:
        window.want(LONGEST_HEAD)
        window.go_to(_start(window.shown))
        while (sign := window.skip(BETWEEN)) != "]":
            if not sign:
                raise window.trouble(_("The file ends in the middle of what begins here"))
            if sign != "{":
                raise window.trouble(_("An entry should begin here"))
            line = window.line
            yield Row(line, _entry(window))


@contextmanager
def _window(content: IO[bytes]) -> Iterator[Window]:
    """Look at the text of a file, which stays open for others afterwards."""
    content.seek(0)
    text = io.TextIOWrapper(content, encoding="utf-8-sig", newline="")
    try:
        yield Window(text)
    finally:
        text.detach()


def _start(text: str) -> int:
    """Return where the entries begin. What stands before them says which document it is."""
    head = HEAD.search(text, 0, LONGEST_HEAD)
    try:
        told = orjson.loads(text[: head.start()].rstrip().removesuffix(",") + "}") if head else {}
    except orjson.JSONDecodeError:
        told = {}
    if head is None or told.get("format") != FORMAT:
        raise BadFile(_("This JSON is not an export of BiologiDex."))
    if told.get("version") != VERSION:
        raise BadFile(
            _("This export is of version %(its)s; this server reads version %(ours)s.")
            % {"its": told.get("version"), "ours": VERSION}
        )
    return head.end()


def _entry(window: Window) -> dict[str, object]:
    """Return the entry that begins here, and go past it."""
    end = _end(window)
    try:
        entry: dict[str, object] = orjson.loads(window.shown[window.at : end])
    except orjson.JSONDecodeError as error:
        raise window.trouble(
            _("This is not valid JSON (%(trouble)s)") % {"trouble": error.msg}, at=window.at + error.pos
        ) from error
    window.go_to(end)
    return entry


def _end(window: Window) -> int:
    """Return where the entry ends that begins here."""
    window.want(LONGEST_ENTRY + 1)
    try:
        end = SCANNER.raw_decode(window.shown, window.at)[1]
    except json.JSONDecodeError as error:
        is_open_text = error.msg.startswith("Unterminated string")
        if not window.is_last and (is_open_text or error.pos > window.at + LONGEST_ENTRY):
            raise window.trouble(
                _("An entry is longer than %(most)s characters") % {"most": LONGEST_ENTRY}
            ) from error
        if is_open_text:
            raise window.trouble(_("A text begins here and never ends"), at=error.pos) from error
        if error.pos >= len(window.shown):
            raise window.trouble(_("The file ends in the middle of what begins here")) from error
        raise window.trouble(
            _("This is not valid JSON (%(trouble)s)") % {"trouble": error.msg}, at=error.pos
        ) from error
    except RecursionError as error:
        raise window.trouble(_("Nobody nests things as deep as here")) from error
    if end - window.at > LONGEST_ENTRY:
        raise window.trouble(_("An entry is longer than %(most)s characters") % {"most": LONGEST_ENTRY})
    return end
