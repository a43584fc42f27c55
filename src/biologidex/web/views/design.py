"""Every component on one page, for whoever builds pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from biologidex.dex.privacy import ToldPlace
from biologidex.web.groups import GROUPS
from biologidex.web.locator import locate

SHEETS = ("design", "capture", "card", "dex", "identify", "map", "people", "words")
SOMEWHERE = ToldPlace("", 40.3, -5.3, 13_000, "person", is_generalised=True)
COLORS = (
    "paper",
    "sheet",
    "sheet-shade",
    "ink",
    "ink-soft",
    "rule",
    "accent",
    "accent-wash",
    "gold",
    "danger",
    "danger-wash",
)
ICONS = (
    *(
        "camera",
        "files",
        "search",
        "star",
        "heart",
        "pin",
        "map",
        "date",
        "private",
        "friends",
        "public",
        "back",
    ),
    *(
        "forward",
        "check",
        "close",
        "retry",
        "warning",
        "book",
        "note",
        "person",
        "feed",
        "tree",
        "bell",
        "trophy",
    ),
    *(
        "gear",
        "shield",
        "share",
        "link",
        "qr",
        "trash",
        "plus",
        "minus",
        "download",
        "upload",
        "list",
        "filter",
    ),
)


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show what pages are made of."""
    shown = {
        "colors": COLORS,
        "icons": ICONS,
        "groups": GROUPS,
        "sheets": [f"web/css/{name}.css" for name in SHEETS],
        "map": locate([(SOMEWHERE, "")]),
    }
    return render(request, "web/design.html", shown)
