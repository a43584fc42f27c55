"""Streams of news to open pages, as server-sent events: how many there may be, what they say, when they end.

A stream ends by itself after some minutes, so that whoever holds it is asked again who they are. Whoever listens at
all hears of the end of a sign-in at once (`news.END`).
"""

import queue
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Self

from biologidex.core.live import metrics, news
from biologidex.core.live.hub import Told, hub

BEAT = 15.0  # seconds of silence after which something is said, so that no proxy and no thread waits in vain
LENGTH = (180.0, 300.0)  # seconds, by chance between these: streams that began together do not end together
AGAIN = 1000  # milliseconds until a browser comes again
OF_ONE = 6  # streams of one topic in a process: more windows than anybody looks at
UNREAD = 100  # news that wait for a client that does not take them; with more it comes anew
SILENCE = b":\n\n"


class Room:
    """How many may listen here at once. Nobody, unless whoever serves has said so: a stream holds a thread there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._topics: Counter[str] = Counter()
        self.size = 0

    def enter(self, topic: str) -> bool:
        """Take a place, if there is one."""
        with self._lock:
            is_free = self._topics.total() < self.size and self._topics[topic] < OF_ONE
            if is_free:
                self._topics[topic] += 1
                metrics.STREAMS.inc()
        return is_free

    def leave(self, topic: str) -> None:
        """Give it back."""
        with self._lock:
            metrics.STREAMS.dec()
            self._topics[topic] -= 1
            if not self._topics[topic]:
                del self._topics[topic]


room = Room()


def open_room(size: int) -> None:
    """Let so many listen in this process."""
    room.size = size


def close_room() -> None:
    """Let nobody in any more, and end the streams that there are."""
    room.size = 0
    hub.cut()


def admit(topic: object, *, since: str = "") -> "Stream | None":
    """Let somebody hear of a topic, or return None: then they have to ask. `since` is the last mark they know of."""
    named = str(topic)
    if not room.size or not hub.hears() or not room.enter(named):
        metrics.REFUSED.inc()
        return None
    return Stream(named, since=since)


class Stream:
    """What one page is sent. A thread can iterate over it; a loop calls `next_lines` when it is woken."""

    def __init__(self, topic: str, *, since: str) -> None:
        self._topic = topic
        self._told: queue.SimpleQueue[Told | None] = queue.SimpleQueue()
        self._ends_at = time.monotonic() + random.uniform(*LENGTH)  # noqa: S311 -- not a secret
        self._is_open = True
        self.wake: Callable[[], object] = lambda: None
        hub.add(topic, self._tell)
        self._opening = self._first_lines(since)  # the mark is read by one who listens already

    def _tell(self, told: Told | None) -> None:
        self._told.put(None if self._told.qsize() > UNREAD else told)
        self.wake()

    def _first_lines(self, since: str) -> bytes:
        mark = news.version(self._topic)
        word = "hello" if since == mark else "missed"
        return f"retry: {AGAIN}\nid: {mark}\ndata: {word}\n\n".encode()

    @property
    def patience(self) -> float:
        """Seconds after which something has to be said."""
        return max(0.0, min(BEAT, self._ends_at - time.monotonic()))

    def __iter__(self) -> Self:
        """Iterate over itself."""
        return self

    def __next__(self) -> bytes:
        """Wait for what is to be sent next; a thread does."""
        lines = self.next_lines(wait=True)
        if lines is None:
            raise StopIteration
        return lines

    def next_lines(self, *, wait: bool = False) -> bytes | None:
        """Return what is to be sent now, a sign of life if there is nothing, None at the end."""
        if self._opening:
            opening, self._opening = self._opening, b""
            return opening
        if not self._is_open or time.monotonic() >= self._ends_at:
            return None
        try:
            told = self._told.get(block=wait, timeout=self.patience)
        except queue.Empty:
            return SILENCE
        if told is None or told.kind == news.END:
            self._is_open = False
            return None
        metrics.TOLD.inc()
        return f"id: {told.mark}\ndata: {told.kind} {told.id}\n\n".encode()

    @property
    def is_waiting(self) -> bool:
        """Whether there is nothing to be sent before it is woken."""
        return not self._opening and self._told.empty()

    def close(self) -> None:
        """Give its place to somebody else."""
        if self._topic:
            hub.remove(self._topic, self._tell)
            room.leave(self._topic)
            self._topic = ""
