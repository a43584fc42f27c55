"""What pages show of other people's doings."""

from typing import Any

from django import template

from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import notices_for, reactions_on
from biologidex.social.selectors import friends_of
from biologidex.web.heard import heard_of

register = template.Library()
MOST = 100


@register.simple_tag(takes_context=True)
def unread(context: dict[str, Any]) -> int:
    """Count what is new for whoever looks at the page, up to a hundred."""
    return notices_for(context["request"].user).unread().order_by()[:MOST].count()


@register.inclusion_tag("web/_reactions.html", takes_context=True)
def reactions(context: dict[str, Any], entry: DexEntry) -> dict[str, Any]:
    """Show the words that friends left on one card, and let a friend leave theirs."""
    viewer = context["request"].user
    said = reactions_on([entry.pk], viewer=viewer).get(entry.pk, [])
    is_friend = entry.owner_id != viewer.pk and friends_of(viewer).filter(pk=entry.owner_id).exists()
    heard = heard_of(entry, said, viewer=viewer, is_friend=is_friend)
    return {"heard": heard, "request": context["request"], "csrf_token": context.get("csrf_token")}
