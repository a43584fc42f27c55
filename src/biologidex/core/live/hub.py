"""Who listens in this process, and how news get here from the others."""

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.core.cache import cache

from biologidex.core.live.line import Line
from biologidex.core.shared_cache import SharedCache

CHANNEL = "biologidex.live"
PATIENCE = 1.0  # seconds that whoever comes first waits for a new line to Redis


@dataclass(frozen=True)
class Told:
    """One piece of news on its way."""

    kind: str
    id: str
    mark: str


Tell = Callable[[Told | None], None]  # None: the line is cut, and nothing more will be heard


class Hub:
    """Hands on what is told to whoever listens to that topic. Threads may do all of it at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[str, set[Tell]] = {}
        self._line: Line | None = None

    def add(self, topic: str, tell: Tell) -> None:
        """Let somebody hear of a topic, by a call that must not take long."""
        with self._lock:
            self._listeners.setdefault(topic, set()).add(tell)

    def remove(self, topic: str, tell: Tell) -> None:
        """Leave them alone again."""
        with self._lock:
            listeners = self._listeners.get(topic, set())
            listeners.discard(tell)
            if not listeners:
                self._listeners.pop(topic, None)

    def hears(self) -> bool:
        """Whether what all processes announce is heard here now."""
        if not settings.CACHE_URL:
            return bool(settings.JOBS_BACKEND != "celery")  # workers in other processes would not be heard
        with self._lock:
            if (
                self._line is None or not self._line.is_alive()
            ):  # nobody asked yet, or this process was forked
                self._line = Line(settings.CACHE_URL, CHANNEL, heard=self._heard, cut=self.cut)
                self._line.start()
            line = self._line
        return line.is_open.wait(max(0.0, line.begun_at + PATIENCE - time.monotonic()))

    def announce(self, topics: Iterable[str], told: Told) -> None:
        """Tell the listeners of these topics in all processes."""
        named = list(topics)
        if settings.CACHE_URL:
            message = json.dumps([named, told.kind, told.id, told.mark])
            cast("SharedCache", cache).announce(CHANNEL, message)
        else:
            self._deliver(named, told)

    def cut(self) -> None:
        """Tell everybody that nothing more will be heard."""
        with self._lock:
            tells = [tell for listeners in self._listeners.values() for tell in listeners]
        for tell in tells:
            tell(None)

    def _heard(self, message: str) -> None:
        topics, kind, of, mark = json.loads(message)
        self._deliver(topics, Told(kind, of, mark))

    def _deliver(self, topics: Iterable[str], told: Told) -> None:
        with self._lock:
            tells = {tell for topic in topics for tell in self._listeners.get(topic, ())}
        for tell in tells:
            tell(told)


hub = Hub()
