"""Keep what was expensive to make. Only selectors cache, and a key contains a version of what went into it."""

import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.core.cache import cache

from biologidex.core.metrics import count_lookup

T = TypeVar("T")
PATIENCE = 5.0  # seconds that others wait for whoever is making it; then they make it themselves
LOOK = 0.01
_MISSING = object()


def remember(
    key: str, make: Callable[[], T], *, seconds: int, version: str = "", is_missed: bool = False
) -> T:
    """Return what the key holds, or make it and keep it for so many seconds.

    Of many who miss at once one makes it and the others wait for that. `make` must not return None. With a version
    the key holds one answer, the newest: one made of another version counts as none, and takes no room beside it.
    The first word of the key, before a colon, is what the metrics call it. Whoever has looked just before and found
    nothing says that it `is_missed`.
    """
    kept: Any = _MISSING if is_missed else _kept(key, version)
    count_lookup(key, found=kept is not _MISSING)
    if kept is not _MISSING:
        return cast("T", kept)
    store: Any = cache  # core/own_cache.py or core/shared_cache.py
    claim = f"{key}:{version}:claim"
    end = time.monotonic() + PATIENCE
    while True:
        is_ours, found = store.claim(claim, PATIENCE, wanted=key)
        kept = _made_of(version, found)  # it may have come between the first look and the claim
        if is_ours and kept is _MISSING:
            break
        if kept is not _MISSING:
            if is_ours:
                store.delete(claim)
            return cast("T", kept)
        if time.monotonic() > end:
            return make()
        time.sleep(LOOK)
    try:
        made = make()
    except BaseException:
        store.delete(claim)
        raise
    store.keep(key, (version, made), seconds, claim=claim)
    return made


def _kept(key: str, version: str) -> Any:
    return _made_of(version, cache.get(key))


def _made_of(version: str, found: Any) -> Any:
    made_of, kept = found or ("", _MISSING)
    return kept if made_of == version else _MISSING


def generation(name: str) -> int:
    """Return the number of a group of keys; put it into them. Ask for it before reading what the keys hold.

    Numbers are times in nanoseconds: one that the cache has lost is never given again.
    """
    key = f"generation:{name}"
    number: int | None = cache.get(key)
    return number or cache.get_or_set(key, time.time_ns(), None) or time.time_ns()


def next_generation(name: str) -> None:
    """Make every key of the group one that nobody asks for any more. Call it after the commit.

    A reader that started earlier keeps its answer under the old number, so nothing stale comes back.
    """
    cache.set(f"generation:{name}", time.time_ns(), None)
