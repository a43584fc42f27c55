"""Who of those that do background work is alive, told through the cache that all processes share."""

import socket
import time

from django.conf import settings
from django.core.cache import cache

EVERY = 5.0  # seconds between two beats of one worker
KEPT = 600  # seconds for which somebody who fell silent is remembered
_INDEX = "worker:heartbeats"
SIGN = "alive"  # a file in METRICS_DIR; deploy/healthcheck.py looks how old it is


def name_of(what: str) -> str:
    """Return the name of this host's worker of a kind."""
    return f"{what}@{socket.gethostname()}"


def show() -> None:
    """Leave a sign of life for whoever looks at this machine's processes from outside."""
    if settings.METRICS_DIR is not None:
        (settings.METRICS_DIR / SIGN).touch()


def beat(name: str) -> None:
    """Say that the worker of this name is alive, now."""
    show()
    cache.set(_key(name), time.time(), KEPT)
    known = cache.get(_INDEX) or []
    if name not in known:  # two that come at once may forget one: it comes again in a moment
        cache.set(_INDEX, [*_remembered(known), name], None)


def alive(within: float) -> list[str]:
    """Return the names of workers that have given a sign of life within so many seconds."""
    oldest = time.time() - within
    return sorted(name for name, at in _remembered(cache.get(_INDEX) or []).items() if at >= oldest)


def _remembered(names: list[str]) -> dict[str, float]:
    found = cache.get_many([_key(name) for name in names])
    return {name: found[_key(name)] for name in names if _key(name) in found}


def _key(name: str) -> str:
    return f"worker:heartbeat:{name}"
