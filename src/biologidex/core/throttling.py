"""Who has to wait. Failures are counted; whoever succeeds is never slowed down."""

import hashlib
import ipaddress
import math
import time
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest

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
class Failures:
    """The failures of one kind, counted for a quarter of an hour.

    Several attempts under way at once may each still be let in: at most as many as the server has threads.
    """

    kind: str
    who: tuple[str, ...]
    allowed: int

    @property
    def _key(self) -> str:
        # A digest, because names may hold anything and a cache's keys may not.
        return f"failures:{self.kind}:{hashlib.sha256(repr(self.who).encode()).hexdigest()}"

    def wait(self) -> int:
        """Return for how many seconds nothing more is let in; 0 means go ahead."""
        failures: int = cache.get(self._key, 0)
        if failures < self.allowed:
            return 0
        until: float = cache.get(f"{self._key}:until", 0.0)
        return max(1, math.ceil(until - time.time()))

    def count(self) -> None:
        """Note one more failure."""
        if cache.add(self._key, 1, WINDOW):
            cache.set(f"{self._key}:until", time.time() + WINDOW, WINDOW)
            return
        try:
            cache.incr(self._key)
        except ValueError:  # it ran out between the two calls
            cache.set(self._key, 1, WINDOW)

    def forget(self) -> None:
        """Start again from none."""
        cache.delete_many([self._key, f"{self._key}:until"])
