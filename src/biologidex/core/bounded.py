"""Questions that may hang: a silent host must not take the threads of those who ask how it is."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connections

log = logging.getLogger(__name__)
T = TypeVar("T")
# Seconds after which a question that hangs is put anew: the host may have come back under another address.
ABANDONED = 15.0


class NoAnswer(Exception):
    """There was no answer in time."""


class Failed(Exception):
    """The question failed; the log says why."""


class Question(Generic[T]):
    """One question, put in a thread of its own, because one that hangs could not be given up otherwise."""

    def __init__(self, ask: Callable[[], T], *, about: str, patience: float) -> None:
        self._ask, self._about = ask, about
        self._answered = threading.Event()
        self._answer: list[T] = []
        self.begun = time.monotonic()
        self._end = self.begun + patience
        self.ended = 0.0
        threading.Thread(target=self._run, name=f"ask-{about}", daemon=True).start()

    def answer(self) -> T:
        """Return the answer, or raise Failed, or NoAnswer once it has taken too long for whoever asked first."""
        if not self._answered.wait(max(0.0, self._end - time.monotonic())):
            raise NoAnswer(self._about)
        if not self._answer:
            raise Failed(self._about)
        return self._answer[0]

    def _run(self) -> None:
        try:
            self._answer.append(self._ask())
        except Exception:
            # The last stop of this thread: whatever a driver raises, the question has failed.
            log.exception("%s: cannot be asked", self._about)
        finally:
            connections.close_all()
            self.ended = time.monotonic()
            self._answered.set()


class Bounded(Generic[T]):
    """A question that is put again and again. However many ask at once, one is under way, and all get its answer.

    An answer serves everybody for `keep` seconds more.
    """

    def __init__(self, ask: Callable[[], T], *, about: str, patience: float, keep: float = 0.0) -> None:
        self._ask, self._about, self._patience, self._keep = ask, about, patience, keep
        self._lock = threading.Lock()
        self._latest: Question[T] | None = None

    def question(self) -> Question[T]:
        """Put the question, unless it is under way or has just been answered."""
        with self._lock:
            if self._latest is None or self._is_over(self._latest):
                self._latest = Question(self._ask, about=self._about, patience=self._patience)
            return self._latest

    def answer(self) -> T:
        """Return the answer after `patience` seconds at most, or raise NoAnswer or Failed."""
        return self.question().answer()

    def _is_over(self, latest: Question[T]) -> bool:
        now = time.monotonic()
        return now >= latest.ended + self._keep if latest.ended else now >= latest.begun + ABANDONED
