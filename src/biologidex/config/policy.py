"""What browsers are told: what a page of ours may load and use, and which names and ways lead here."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

PAGES: dict[str, Any] = {
    "default-src": [SELF],
    "script-src": [SELF, NONCE],
    "style-src": [SELF, NONCE],
    "img-src": [SELF, "data:", "blob:"],
    "worker-src": [SELF],
    "object-src": [NONE],
    "base-uri": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "report-uri": "/csp-report/",
}
# Who a page of ours may hand these on to: itself, and nobody else's frame.
PERMISSIONS = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()"
YEAR = 365 * 24 * 60 * 60  # seconds
# Load balancers and exporters ask from inside, by http.
NOT_REDIRECTED = [r"^(health|ready|metrics|api/v1/health)/?$"]
PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
SILENCED = [
    "security.W021"
]  # a name in the browsers' own lists of https sites cannot be taken back: not ours to ask


def is_reachable(site_url: str, host: str) -> bool:
    """Whether others may get here: by the address that people type, or the one that is listened on."""
    return not (is_loopback(urlsplit(site_url).hostname or "") and is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether this name or address leads back to the machine that uses it."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def pages(tiles_url: str) -> dict[str, Any]:
    """Return what our pages may load: what is ours, and pictures of maps from where the operator says.

    >>> pages("https://tiles.example.org/{z}/{x}/{y}.png")["img-src"][-1]
    'https://tiles.example.org'
    """
    tiles = urlsplit(tiles_url)
    if not tiles.netloc:
        return PAGES
    return {**PAGES, "img-src": [*PAGES["img-src"], f"{tiles.scheme}://{tiles.netloc}"]}


def hosts(named: list[str], site_url: str, admin_host: str = "") -> list[str]:
    """Return the names this server answers to: those that are named, the one people type, and that of the admin."""
    site = urlsplit(site_url).hostname or ""
    others = [host for host in (site, admin_host) if host and ":" not in host and host not in named]
    return named + list(dict.fromkeys(others))
