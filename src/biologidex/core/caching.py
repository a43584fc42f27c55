"""Keep what was expensive to make. Only selectors cache, and a key contains a version of what went into it."""

import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.core.cache import cache

T = TypeVar("T")
PATIENCE = 5.0  # seconds that others wait for whoever is making it; then they make it themselves
LOOK = 0.01
_MISSING = object()


def remember(key: str, make: Callable[[], T], *, seconds: int) -> T:
    """Return what the key holds, or make it and keep it for so many seconds.

    Of many who miss at once one makes it and the others wait for that. `make` must not return None.
    """
    kept: Any = cache.get(key, _MISSING)
    if kept is not _MISSING:
        return cast("T", kept)
    claim = f"{key}:claim"
    end = time.monotonic() + PATIENCE
    while not cache.add(claim, 1, PATIENCE):
        time.sleep(LOOK)
        kept = cache.get(key, _MISSING)
        if kept is not _MISSING:
            return cast("T", kept)
        if time.monotonic() > end:
            return make()
    try:
        kept = cache.get(key, _MISSING)  # it may have come between the first look and the claim
        if kept is _MISSING:
            kept = make()
            cache.set(key, kept, seconds)
        return cast("T", kept)
    finally:
        cache.delete(claim)


def generation(name: str) -> int:
    """Return the number of a group of keys; put it into them."""
    return int(cache.get_or_set(f"generation:{name}", 1, None) or 1)


def next_generation(name: str) -> None:
    """Make every key of the group one that nobody asks for any more. Call it after the commit.

    A reader that started earlier keeps its answer under the old number, so nothing stale comes back.
    """
    generation(name)
    cache.incr(f"generation:{name}")
