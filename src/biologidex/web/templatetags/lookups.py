"""What the template language cannot look up by itself."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of(named: Mapping[str, Any], name: str) -> Any:
    """Return what stands under a name; blank if nothing does."""
    return named.get(name, "")
