"""What a page of ours may load, as the header Content-Security-Policy tells the browser."""

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
}
