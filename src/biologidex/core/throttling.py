"""Who has to wait. Requests are counted by person, by address and by kind; failures to sign in by themselves.

The counts are in the cache. While that cannot be reached it is empty (core/shared_cache.py), so nobody is held back:
a lost cache must not close the server.
"""

import contextlib
import functools
import hashlib
import ipaddress
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.core.cache import DEFAULT_CACHE_ALIAS, cache, caches
from django.http import HttpRequest
from django.utils.translation import ngettext
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from biologidex.core.errors import TooMany
from biologidex.core.metrics import SECURITY
from biologidex.core.own_cache import OwnCache
from biologidex.core.shared_cache import SharedCache

WINDOW = 15 * 60  # seconds, from the first failure
SPENT = "seconds_to_wait"  # of a request that has been counted


def address_of(request: HttpRequest) -> str:
    """Return whom a request is counted for: the IPv4 address, or the network a household has in IPv6."""
    return _household(request.META.get("REMOTE_ADDR", ""))


@functools.lru_cache(4096)
def _household(raw: str) -> str:
    try:
        address = ipaddress.ip_address(raw)
    except ValueError:  # a socket file has no address
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


@dataclass(frozen=True)
class Count:
    """How often something of one kind happened for somebody, within a window that opens at the first time.

    The count is exact however many threads and processes share the cache: adding one is a single step there.
    """

    kind: str
    who: tuple[str, ...]
    allowed: int
    window: int = WINDOW  # seconds

    @functools.cached_property
    def _key(self) -> str:
        # A digest, because names may hold anything and a cache's keys may not.
        return f"count:{self.kind}:{hashlib.sha256(repr(self.who).encode()).hexdigest()}"

    def so_far(self) -> int:
        """Return how often it happened in this window."""
        return int(cache.get(self._key, 0))

    def wait(self) -> int:
        """Return for how many seconds nothing more is let in; 0 means go ahead."""
        return self._left() if self.so_far() >= self.allowed else 0

    def _left(self) -> int:
        return max(1, math.ceil(counting().seconds_left(self._key)))

    def add(self) -> int:
        """Count once more. Returns how often it has happened now."""
        return counting().count_up({self._key: self.window})[0][0]

    def forget(self) -> None:
        """Start again from none."""
        cache.delete(self._key)


def spend_all(counts: Sequence[Count]) -> int:
    """Count once more in each, in one round trip. Returns 0 if all allowed it, else for how many seconds to wait.

    What one refuses does not count for those that stand after it.
    """
    return spend_and_get(counts, "")[0]


def spend_and_get(counts: Sequence[Count], wanted: str) -> tuple[int, Any]:
    """Do the same, and return what the cache holds under this key as well."""
    if not counts:
        return 0, cache.get(wanted) if wanted else None
    counted, found = counting().count_up({count._key: count.window for count in counts}, wanted=wanted)
    return _left(counts, counted), found


def _left(counts: Sequence[Count], counted: Sequence[int]) -> int:
    for place, (count, times) in enumerate(zip(counts, counted, strict=True)):
        if times > count.allowed:
            SECURITY.labels("too_many").inc()
            for later in counts[place + 1 :]:
                with contextlib.suppress(ValueError):  # its window is over
                    cache.decr(later._key)
            return count._left()
    return 0


def counting() -> SharedCache | OwnCache:
    """Return the cache, which can count."""
    return cast("SharedCache | OwnCache", caches[DEFAULT_CACHE_ALIAS])


def spend(kind: str, *who: str) -> None:
    """Count a request of this kind, or raise TooMany. The rates stand in `settings.RATES`."""
    if seconds := spend_all(_counts([(kind, who)])):
        minutes = -(-seconds // 60)
        raise TooMany(
            ngettext(
                "Too many requests. Please try again in %d minute.",
                "Too many requests. Please try again in %d minutes.",
                minutes,
            )
            % minutes,
            retry_after=seconds,
        )


def _counts(limits: Iterable[tuple[str, tuple[str, ...]]]) -> list[Count]:
    """Return what is to be counted, without what the operator sets no limit to and whoever nobody can tell apart."""
    known = [(kind, who, *settings.RATES[kind]) for kind, who in limits if any(who)]
    return [Count(kind, who, allowed, window) for kind, who, allowed, window in known if allowed]


def spend_as_stranger(request: HttpRequest) -> int:
    """Count a request that is turned away before any rate is asked for. Returns for how many seconds to wait."""
    return spend_all(_counts([("anonymous", (address_of(request),))]))


class RequestRate(BaseThrottle):
    """Holds back who asks too often: by person and by address, and by `rate` if the view names a kind.

    A view may name one kind for all its methods (`rate = "upload"`) or one for each (`rate = {"POST": "upload"}`).
    """

    seconds: int | None = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request against each of its limits, until one is used up."""
        django_request = request._request
        self.seconds = getattr(django_request, SPENT, None)
        if self.seconds is None:
            person = str(request.user.pk) if request.user and request.user.is_authenticated else ""
            self.seconds, _ = count_request(django_request, person, getattr(view, "rate", None))
        return not self.seconds

    def wait(self) -> float | None:
        """Return for how many seconds nothing more is let in."""
        return self.seconds


def count_request(request: HttpRequest, person: str, rate: Any, *, wanted: str = "") -> tuple[int, Any]:
    """Count a request against each of its limits, until one is used up, and note that on the request.

    Returns for how many seconds to wait, and what the cache holds under `wanted`. `rate` is what the view names.
    """
    seconds, found = spend_and_get(_counts(_limits(request, person, rate)), wanted)
    setattr(request, SPENT, seconds)
    return seconds, found


def _limits(request: HttpRequest, person: str, rate: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    address = address_of(request)
    kind = rate.get(request.method) if isinstance(rate, dict) else rate
    if kind:  # first: the narrowest limit says the most
        yield kind, (person or address,)
    if person:
        yield "person", (person,)
        yield "address", (address,)
    else:
        yield "anonymous", (address,)
