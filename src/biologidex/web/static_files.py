"""Which static files pages are drawn with."""

from functools import cache

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.templatetags.static import static

OURS = "web/"
HTMX = "django_htmx/htmx-2.min.js"


@cache
def needed_by_pages() -> tuple[str, ...]:
    """Return the addresses of all that pages of ours are drawn with, for browsers that keep them."""
    names = {name for finder in get_finders() for name, _ in finder.list([]) if name.startswith(OURS)}
    return tuple(static(name) for name in sorted({*names, HTMX}))


def static_root() -> str:
    """Return how the addresses of static files begin."""
    return str(settings.STATIC_URL)
