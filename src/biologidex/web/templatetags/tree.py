"""What the pages of the tree write into addresses."""

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe

from biologidex.animals.models import Taxon
from biologidex.graph.scope import Mode
from biologidex.web.trees import Choice

register = template.Library()


@register.simple_tag(takes_context=True)
def tree_query(context: dict[str, Any], mode: Mode | None = None, at: str = "", start: int = 0) -> SafeString:
    """Return the query of the same tree at another place, or of another tree."""
    choice: Choice = context["choice"]
    asked = {"at": at, "start": str(start or "")}
    if mode is not None:
        asked |= {"of": "", "mode": "" if mode == Mode.FRIENDS else mode}
    # It is percent-encoded; ampersands are what it is made of.
    return mark_safe(choice.query(**asked).replace("&", "&amp;"))  # noqa: S308


@register.simple_tag
def species_address(taxon: Taxon | None) -> str:
    """Return where the page about an animal is, if there is one."""
    try:
        return reverse("web:species", args=[taxon.pk]) if taxon else ""
    except NoReverseMatch:
        return ""
