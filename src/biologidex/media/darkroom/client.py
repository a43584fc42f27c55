"""The server's side of the darkroom: starts helpers, gives them photos, ends those that misbehave."""

import io
import logging
import math
import os
import signal
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, TypeVar, cast

import biologidex
from biologidex.core.errors import Word
from biologidex.media import sentences
from biologidex.media.darkroom.wire import Broken, Channel, TooSlow
from biologidex.media.developed import DEX, JPEG_END, JPEG_START, PNG_END, PNG_START, VARIANTS, Picture
from biologidex.media.errors import REFUSALS, DarkroomBusy, PhotoRefused, PhotoUnreadable
from biologidex.media.formats import FORMATS
from biologidex.media.framing import AS_IT_IS, Framing

T = TypeVar("T")
Answer = tuple[dict[str, Any], dict[str, bytes]]
log = logging.getLogger(__name__)
START_SECONDS = 60  # a helper needs 0.3 s; a machine that just boots may need long
LONGEST_TOLD = 60  # of what a helper fills into a sentence
PICTURES = 100  # after this many a helper is replaced, which bounds whatever its libraries leak
# Nothing of the server's environment: it may hold keys and the database's password.
ENVIRONMENT = {
    "PYTHONPATH": str(Path(biologidex.__file__).resolve().parents[1]),
    "PYTHONDONTWRITEBYTECODE": "1",
    "LC_ALL": "C.UTF-8",
    # Keep the memory of an ordinary photo for the next one: fetching it anew costs a fifth of the time. It is given
    # back when no photo comes for a second.
    "MALLOC_MMAP_THRESHOLD_": str(16 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
    "MALLOC_ARENA_MAX": "2",
}


class Helper:
    """One process that reads photos."""

    def __init__(self, *, max_pixels: int, seconds: float) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self.process = self._started(theirs, max_pixels=max_pixels, seconds=seconds)
            except BaseException:
                ours.close()
                raise
        self.channel = Channel(ours)
        self.pictures = 0
        try:
            self.channel.allow(START_SECONDS)
            self.confined = bool(self.channel.receive_answer()[0].get("confined"))
        except BaseException:
            self.end()
            raise

    @staticmethod
    def _started(connection: socket.socket, *, max_pixels: int, seconds: float) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 -- our own program, nothing of it from outside
            [
                sys.executable,
                "-P",
                "-m",
                "biologidex.media.darkroom",
                str(max_pixels),
                str(math.ceil(seconds)),
            ],
            stdin=connection.fileno(),
            stdout=subprocess.DEVNULL,
            env=ENVIRONMENT,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for the server, which then closes the connection
        )

    def ask(self, order: str, photo: IO[bytes], seconds: float) -> Answer:
        """Have something done with one photo."""
        self.pictures += 1
        self.channel.allow(seconds)
        self.channel.send(order.encode())
        self.channel.send_file(photo)
        return self.channel.receive_answer()

    @property
    def is_usable(self) -> bool:
        """Whether it lives and has not read too many photos yet."""
        return self.pictures < PICTURES and self.process.poll() is None

    def was_killed(self) -> bool:
        """Whether somebody else has ended the process. Its own faults end it by other signals."""
        with suppress(subprocess.TimeoutExpired):
            return self.process.wait(timeout=1) == -signal.SIGKILL
        return False

    def end(self) -> None:
        """End the process now. It holds nothing that could be lost."""
        self.channel.connection.close()
        self.process.kill()
        self.process.wait()

    def forget(self) -> None:
        """Let go of a helper that belongs to the process that this one was forked from."""
        self.channel.connection.close()
        self.process.returncode = 0  # not our child: nothing to wait for


ROOMS: "weakref.WeakSet[Darkroom]" = weakref.WeakSet()


class Darkroom:
    """At most so many helpers, shared by all threads of a process. They start when needed and stay warm."""

    def __init__(self, *, helpers: int, waiting: int = 100, seconds: float, max_pixels: int) -> None:
        self.helpers = helpers
        self.waiting = waiting
        self.seconds = seconds
        self.max_pixels = max_pixels
        self._open()
        ROOMS.add(self)

    def _open(self) -> None:
        self._line = threading.Semaphore(self.helpers + self.waiting)
        self._places = threading.Semaphore(self.helpers)
        self._idle: list[Helper] = []  # the last one used is the first one taken: its memory is warm

    def develop(self, photo: bytes | IO[bytes], *, framing: Framing = AS_IT_IS) -> Picture:
        """Read a photo and make its pictures, or raise a PhotoRefused that says why not."""
        return self._asked(f"develop {framing}", photo, _picture)

    def inspect(self, photo: bytes | IO[bytes]) -> Picture:
        """Read what a photo says about itself, or raise a PhotoRefused. Its pictures may be there or not."""
        return self._asked("inspect", photo, _inspected)

    def png(self, full: bytes | IO[bytes]) -> bytes:
        """Make the PNG of a picture that came from here."""
        return self._asked("png", full, _png)

    def _asked(self, order: str, photo: bytes | IO[bytes], judge: Callable[[Answer], T]) -> T:
        """Have a free helper do it. Those who wait for one take no memory: a file is read only then."""
        if not self._line.acquire(blocking=False):
            raise DarkroomBusy(sentences.BUSY)
        try:
            if not self._places.acquire(timeout=self.seconds):
                raise DarkroomBusy(sentences.BUSY)
            try:
                return self._done(order, io.BytesIO(photo) if isinstance(photo, bytes) else photo, judge)
            finally:
                self._places.release()
        finally:
            self._line.release()

    def start_anew(self) -> None:
        """Leave the helpers to the process that this one was forked from."""
        for helper in self._idle:
            helper.forget()
        self._open()

    def close(self) -> None:
        """End every idle helper."""
        while self._idle:
            self._idle.pop().end()

    def _done(self, order: str, photo: IO[bytes], judge: Callable[[Answer], T]) -> T:
        helper = self._helper()
        try:
            answer = helper.ask(order, photo, self.seconds)
            refusal = _refusal(answer[0])
            result = judge(answer) if refusal is None else None
        except TooSlow as error:
            helper.end()
            log.warning("a photo was given up after %s s", self.seconds)
            raise PhotoUnreadable(sentences.TOO_SLOW, told={"seconds": self.seconds}) from error
        except Broken as error:
            killed = helper.was_killed()
            helper.end()
            log.warning("a photo ended its helper with status %s", helper.process.returncode)
            if killed:  # by the system, for want of memory, or by a person: no fault of this photo
                raise DarkroomBusy(sentences.INTERRUPTED) from error
            raise PhotoUnreadable(sentences.UNREADABLE) from error
        except BaseException:
            helper.end()
            raise
        self._idle.append(helper)
        if refusal is not None:
            raise refusal
        return cast("T", result)

    def _helper(self) -> Helper:
        with suppress(IndexError):
            while True:
                helper = self._idle.pop()
                if helper.is_usable:
                    return helper
                helper.end()
        try:
            helper = Helper(max_pixels=self.max_pixels, seconds=self.seconds)
        except (OSError, Broken, TooSlow) as error:
            log.exception("no helper for photos could be started")
            raise DarkroomBusy(sentences.NO_HELPER) from error
        if not helper.confined:
            log.warning("this kernel has no Landlock: the helper that reads photos could open files")
        return helper


# What comes from the side that touched untrusted bytes is not trusted either.


def _refusal(header: dict[str, Any]) -> PhotoRefused | None:
    if "failed" in header:
        log.error("a photo could not be read: %.80r", header["failed"])
        return PhotoUnreadable(sentences.UNREADABLE)
    if "refused" in header:
        kind = REFUSALS.get(str(header["refused"]), PhotoUnreadable)
        try:
            return kind(_known(header["sentence"]), told=_filled_in(header["told"]))
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise Broken from error
    return None


def _known(sentence: str) -> str:
    """Return a sentence that is one of ours: whatever else is filled in would be in the hands of the other side."""
    if sentence not in sentences.FROM_THE_DARKROOM:
        raise ValueError
    return sentence


def _filled_in(told: dict[str, Any]) -> dict[str, str]:
    return {
        str(name): Word(one) if one in sentences.WORDS else str(one)[:LONGEST_TOLD]
        for name, one in told.items()
    }


def _picture(answer: Answer) -> Picture:
    picture = _inspected(answer)
    if not picture.variants:
        raise Broken
    return picture


def _inspected(answer: Answer) -> Picture:
    header, variants = answer
    try:
        picture = Picture.from_facts(header["facts"], variants)
    except (ValueError, TypeError, KeyError) as error:
        raise Broken from error
    if (
        picture.format not in FORMATS
        or set(variants) not in (set(), set(VARIANTS))
        or not all(map(_is_jpeg, variants.values()))
    ):
        raise Broken
    return picture


def _is_jpeg(content: bytes) -> bool:
    return content.startswith(JPEG_START) and content.endswith(JPEG_END)


def _png(answer: Answer) -> bytes:
    content = answer[1].get(DEX, b"")
    if not (content.startswith(PNG_START) and content.endswith(PNG_END)):
        raise Broken
    return content


def _after_fork() -> None:
    for room in ROOMS:
        room.start_anew()


os.register_at_fork(after_in_child=_after_fork)
