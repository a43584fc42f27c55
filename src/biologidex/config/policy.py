"""What browsers are told: what a page of ours may load and use, and which names and ways lead here."""

from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

PAGES = {
    "default-src": [SELF],
    "script-src": [SELF, NONCE],
    "style-src": [SELF, NONCE],
    "img-src": [SELF, "data:", "blob:"],
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
SILENCED = [
    "security.W021"
]  # a name in the browsers' own lists of https sites cannot be taken back: not ours to ask


def hosts(named: list[str], site_url: str) -> list[str]:
    """Return the names this server answers to: those that are named, and the one people type."""
    site = urlsplit(site_url).hostname or ""
    return named if site in named or not site or ":" in site else [*named, site]
