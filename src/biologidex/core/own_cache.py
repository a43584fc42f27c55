"""The cache in a process's own memory, which can count like the one that several processes share."""

import time
from collections.abc import Mapping
from typing import Any

from django.core.cache.backends.locmem import LocMemCache


class OwnCache(LocMemCache):
    """Django's cache in memory, with what `core.throttling` asks of a cache."""

    def count_up(self, windows: Mapping[str, int], *, wanted: str = "") -> tuple[list[int], Any]:
        """Count each key once more, and return what is wanted, as `SharedCache.count_up` does."""
        counted = [self._count(key, window) for key, window in windows.items()]
        return counted, self.get(wanted) if wanted else None

    def _count(self, key: str, window: int) -> int:
        if self.add(key, 1, window):
            return 1
        try:
            return int(self.incr(key))
        except ValueError:  # it ran out between the two calls
            self.set(key, 1, window)
            return 1

    def claim(self, key: str, seconds: float, *, wanted: str) -> tuple[bool, Any]:
        """Claim a key, and return what is wanted, as `SharedCache.claim` does."""
        return self.add(key, 1, seconds), self.get(wanted)

    def keep(self, key: str, value: Any, seconds: float, *, claim: str) -> None:
        """Keep a value and let go of a claim, as `SharedCache.keep` does."""
        self.set(key, value, seconds)
        self.delete(claim)

    def seconds_left(self, key: str) -> float:
        """Return when a key runs out, in seconds from now."""
        until: float = self._expire_info.get(self.make_and_validate_key(key), 0.0)  # type: ignore[attr-defined]
        return until - time.time()
