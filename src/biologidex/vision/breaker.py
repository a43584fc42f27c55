"""A paid service that keeps failing is left alone for a while, and then tried again by one call only.

What is known of it is in the cache, so that all processes leave it alone together. A cache that is lost knows of no
failures: then it is asked.
"""

import time

from django.conf import settings
from django.core.cache import cache

from biologidex.vision import metrics
from biologidex.vision.engine.answer import Answer, Provider, ProviderError

CIRCUIT_OPEN = "circuit_open"
ALONE = 60.0  # seconds for which it is left alone, unless the service itself asks for more
IN_A_ROW = 600  # seconds within which failures follow each other
PROBE = 120  # seconds after which a call that was to try again, and of which nobody heard, counts no more
SOON = 5.0  # seconds after which to ask again while somebody tries
DAY = 86_400

now = time.time  # all processes of all machines must mean the same by it


class Guarded:
    """A provider that is not asked while it keeps failing. One that costs nothing is always asked."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self.name, self.model, self.is_remote = provider.name, provider.model, provider.is_remote
        self.price, self.version, self.prepare = provider.price, provider.version, provider.prepare

    def identify(self, picture: bytes) -> Answer:
        """Ask, or raise a temporary ProviderError at once while it is left alone."""
        if not settings.VISION_BREAKER or self._provider.price() == 0:
            return self._provider.identify(picture)
        _refuse_while_open(self.name)
        try:
            answer = self._provider.identify(picture)
        except ProviderError as error:
            _note_failure(self.name, error)
            raise
        cache.delete_many([_key(self.name, part) for part in ("failures", "open", "probe")])
        return answer


def is_open(name: str) -> bool:
    """Whether a service is left alone, or to be tried by one call."""
    return cache.get(_key(name, "open")) is not None


def _refuse_while_open(name: str) -> None:
    until = cache.get(_key(name, "open"))
    if until is None:
        return
    left = until - now()
    if left <= 0 and cache.add(_key(name, "probe"), 1, timeout=PROBE):
        return
    metrics.LEFT_ALONE.labels(name).inc()
    raise ProviderError(
        CIRCUIT_OPEN, f"{name} keeps failing and is left alone.", temporary=True, retry_after=max(left, SOON)
    )


def _note_failure(name: str, error: ProviderError) -> None:
    """Count a failure of the service. What is wrong with one picture or our settings says nothing of how it is."""
    if not error.temporary:
        cache.delete(_key(name, "probe"))
        return
    if is_open(name) or _counted(name) >= settings.VISION_BREAKER:
        alone = max(ALONE, error.retry_after or 0.0)
        cache.set(_key(name, "open"), now() + alone, timeout=DAY)
        cache.delete_many([_key(name, "failures"), _key(name, "probe")])
        metrics.OPENED.labels(name).inc()


def _counted(name: str) -> int:
    key = _key(name, "failures")
    cache.add(key, 0, timeout=IN_A_ROW)
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two
        return 1


def _key(name: str, part: str) -> str:
    return f"breaker:{name}:{part}"
