"""Who has to wait. Requests are counted by person, by address and by kind; failures to sign in by themselves.

The counts are in the cache. While that cannot be reached it is empty (core/shared_cache.py), so nobody is held back:
a lost cache must not close the server.
"""

import hashlib
import ipaddress
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from biologidex.core.errors import TooMany

WINDOW = 15 * 60  # seconds, from the first failure


def address_of(request: HttpRequest) -> str:
    """Return whom a request is counted for: the IPv4 address, or the network a household has in IPv6."""
    raw = request.META.get("REMOTE_ADDR", "")
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

    @property
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
        until: float = cache.get(f"{self._key}:until", 0.0)
        return max(1, math.ceil(until - time.time()))

    def add(self) -> int:
        """Count once more. Returns how often it has happened now."""
        if cache.add(self._key, 1, self.window):
            cache.set(f"{self._key}:until", time.time() + self.window, self.window)
            return 1
        try:
            return int(cache.incr(self._key))
        except ValueError:  # it ran out between the two calls
            cache.set(self._key, 1, self.window)
            return 1

    def spend(self) -> int:
        """Count once more. Returns 0 if that was allowed, else for how many seconds to wait."""
        return 0 if self.add() <= self.allowed else self._left()

    def forget(self) -> None:
        """Start again from none."""
        cache.delete_many([self._key, f"{self._key}:until"])


def spend(kind: str, *who: str) -> None:
    """Count a request of this kind, or raise TooMany. The rates stand in `settings.RATES`."""
    if seconds := _spent(kind, *who):
        minutes = -(-seconds // 60)
        raise TooMany(
            f"Too many requests. Please try again in {minutes} minute{'s' if minutes > 1 else ''}.",
            retry_after=seconds,
        )


def _spent(kind: str, *who: str) -> int:
    allowed, window = settings.RATES[kind]
    if not allowed or not any(who):  # the operator has set no limit, or nobody can be told from others
        return 0
    return Count(kind, who, allowed, window).spend()


def spend_as_stranger(request: HttpRequest) -> int:
    """Count a request that is turned away before any rate is asked for. Returns for how many seconds to wait."""
    return _spent("anonymous", address_of(request))


class RequestRate(BaseThrottle):
    """Holds back who asks too often: by person and by address, and by `rate` if the view names a kind.

    A view may name one kind for all its methods (`rate = "upload"`) or one for each (`rate = {"POST": "upload"}`).
    """

    seconds = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request against each of its limits, until one is used up."""
        self.seconds = next((left for kind, who in _limits(request, view) if (left := _spent(kind, who))), 0)
        return not self.seconds

    def wait(self) -> float | None:
        """Return for how many seconds nothing more is let in."""
        return self.seconds


def _limits(request: Request, view: Any) -> Iterator[tuple[str, str]]:
    address = address_of(request)
    person = str(request.user.pk) if request.user and request.user.is_authenticated else ""
    named = getattr(view, "rate", None)
    kind = named.get(request.method) if isinstance(named, dict) else named
    if kind:  # first: the narrowest limit says the most
        yield kind, person or address
    if person:
        yield "person", person
        yield "address", address
    else:
        yield "anonymous", address
