"""Who really sent a request that others have passed on.

Anybody can write X-Forwarded-For. It is believed from the machines in `settings.TRUSTED_PROXIES` only, which name
whoever spoke to them; from everybody else what it says is thrown away. Everything else in this code may therefore
believe REMOTE_ADDR and `request.is_secure()`, and nothing else reads these headers.
"""

import functools
import ipaddress
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# What programs in between write, the believed ones and those that nobody here reads.
WRITTEN_BY_PROXIES = (
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
    "X-Real-IP",
    "X-Client-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "Forwarded",
    "Via",
)
# What names a request, in our log and in traces: anybody could give theirs another's name.
NAMING = ("X-Request-ID", "traceparent", "tracestate")
KEYS = {name: f"HTTP_{name.upper().replace('-', '_')}" for name in (*WRITTEN_BY_PROXIES, *NAMING)}
PASSED_ON = "biologidex.passed_on"
SOCKET_FILE = "unix"


def was_passed_on(request: HttpRequest) -> bool:
    """Whether somebody in between, trusted or not, says to have passed this request on."""
    return bool(request.META.get(PASSED_ON))


class ProxyMiddleware:
    """Puts the sender's address and scheme where everybody looks for them. Comes before whoever asks for them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with what trusted proxies say about the request, and without what others say."""
        meta = request.META
        meta[PASSED_ON] = any(KEYS[name] in meta for name in WRITTEN_BY_PROXIES)
        if _is_trusted(meta.get("REMOTE_ADDR", "")):
            meta["REMOTE_ADDR"] = _sender(meta)
            scheme = _last(meta.get(KEYS["X-Forwarded-Proto"], "")).lower()
            if scheme in {"http", "https"}:
                meta["wsgi.url_scheme"] = scheme
        else:
            for name in NAMING:
                meta.pop(KEYS[name], None)
        for name in WRITTEN_BY_PROXIES:
            meta.pop(KEYS[name], None)
        return self.get_response(request)


def _sender(meta: dict[str, Any]) -> str:
    """Return the last address that no trusted proxy has. Each of them adds, on the right, whom it heard."""
    sender: str = meta.get("REMOTE_ADDR", "")
    for hop in reversed(meta.get(KEYS["X-Forwarded-For"], "").split(",")):
        address = _parsed(hop.strip())
        if address is None:  # nobody knows who came before
            break
        sender = str(address)
        if not _is_trusted(sender):
            break
    return sender


def _is_trusted(raw: str) -> bool:
    address = _parsed(raw)
    if address is None:  # a socket file has no address; only who may open the file can write to it
        return SOCKET_FILE in settings.TRUSTED_PROXIES and not raw.strip()
    return any(address in network for network in settings.TRUSTED_PROXIES if network != SOCKET_FILE)


@functools.lru_cache(4096)
def _parsed(raw: str) -> Address | None:
    try:
        address = ipaddress.ip_address(raw)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _last(listed: str) -> str:
    return listed.rpartition(",")[2].strip()
