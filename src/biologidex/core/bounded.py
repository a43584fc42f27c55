"""Questions that may hang: a silent host must not take the threads of those who ask how it is."""

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connections

log = logging.getLogger(__name__)
T = TypeVar("T")


class NoAnswer(Exception):
    """There was no answer in time."""


class Failed(Exception):
    """The question failed; the log says why."""


class Bounded(Generic[T]):
    """A question that is put in a thread of its own, because one that hangs could not be given up otherwise.

    However many ask at once, and however long it hangs, there is one question under way, and all get its answer.
    """

    def __init__(self, ask: Callable[[], T], *, about: str, patience: float) -> None:
        self._ask, self._about, self._patience = ask, about, patience
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._answered.set()
        self._answer: list[T] = []

    def answer(self) -> T:
        """Return the answer after `patience` seconds at most, or raise NoAnswer or Failed."""
        with self._lock:
            if self._answered.is_set():
                self._answered.clear()
                threading.Thread(target=self._run, name=f"ask-{self._about}", daemon=True).start()
        if not self._answered.wait(self._patience):
            raise NoAnswer(self._about)
        answer = self._answer  # once: the next question may replace it
        if not answer:
            raise Failed(self._about)
        return answer[0]

    def _run(self) -> None:
        answer: list[T] = []
        try:
            answer = [self._ask()]
        except Exception:
            # The last stop of this thread: whatever a driver raises, the question has failed.
            log.exception("%s: cannot be asked", self._about)
        finally:
            self._answer = answer
            connections.close_all()
            self._answered.set()
