"""One friend: their dex as far as one may see it, and what the two have in common."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from biologidex.accounts.models import User, UserProfile
from biologidex.core.errors import NotFound
from biologidex.dex.collection.badges import badges_of
from biologidex.dex.collection.finds import Find, finds_of
from biologidex.dex.collection.statistics import stats_of
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import with_card
from biologidex.social.models import Friendship
from biologidex.social.selectors import friends_of
from biologidex.web import names
from biologidex.web.access import PersonRequest, signed_in

CARDS = 48
ORDERS = {
    "newest": ("-created_at", "pk"),
    "number": ("animal__creation_index", "pk"),
}


def friend_named(viewer: User, username: str) -> User:
    """Return a friend by name. Whoever is none is not found, whether or not there is such a person."""
    friend = friends_of(viewer).select_related("profile").filter(username=username).first()
    if friend is None:
        raise NotFound(_("Nobody of this name is among your friends."))
    return friend


def plays(*people: User) -> bool:
    """Whether all of these play the game: badges are shown to nobody who has switched it off, nor of them."""
    profiles = UserProfile.objects.filter(user__in=people, badges_enabled=True)
    return profiles.count() == len(people)


def _chosen(dex: QuerySet[DexEntry], choice: str, mine: QuerySet[DexEntry]) -> QuerySet[DexEntry]:
    if choice == "both":
        return dex.filter(animal__in=mine.values("animal"))
    if choice == "theirs":
        return dex.exclude(animal__in=mine.values("animal"))
    return dex


def _tabs(counts: dict[str, int], choice: str, order: str) -> list[dict[str, Any]]:
    labels = {"": _("All"), "both": _("You both have"), "theirs": _("New to you")}
    return [
        {
            "label": label,
            "count": counts[key],
            "address": "?" + urlencode({"show": key, "sort": order}),
            "is_chosen": key == choice,
        }
        for key, label in labels.items()
    ]


def _numbers(finds: Sequence[Find]) -> dict[str, Any]:
    return stats_of(finds, today=timezone.localdate())


@signed_in
@require_safe
def friend(request: PersonRequest, username: str) -> HttpResponse:
    """Show a friend's dex to their friend."""
    found = friend_named(request.user, username)
    dex = DexEntry.objects.visible_to(request.user).filter(owner=found)
    mine = DexEntry.objects.visible_to(request.user).filter(owner=request.user)
    choice = request.GET.get("show", "")
    choice = choice if choice in {"both", "theirs"} else ""
    order = request.GET.get("sort", "")
    order = order if order in ORDERS else "newest"
    finds = finds_of(found, viewer=request.user)
    both = _chosen(dex, "both", mine).count()
    counts = {"": len(finds), "both": both, "theirs": len(finds) - both}
    page = Paginator(with_card(_chosen(dex, choice, mine)).order_by(*ORDERS[order]), CARDS)
    shown = page.get_page(request.GET.get("page"))
    shown.object_list = list(shown.object_list)
    names.prepare(entry.animal.taxon for entry in shown.object_list)
    since = Friendship.objects.accepted().between(request.user, found).first()
    told = {
        "friend": found,
        "since": since.answered_at if since else None,
        "page": shown,
        "tabs": _tabs(counts, choice, order),
        "numbers": _numbers(finds),
        "counts": counts,
        "mine": mine.count(),
        "order": order,
        "other_order": "?" + urlencode({"show": choice, "sort": "number" if order == "newest" else "newest"}),
        "previous": "?" + urlencode({"show": choice, "sort": order, "page": shown.number - 1}),
        "next": "?" + urlencode({"show": choice, "sort": order, "page": shown.number + 1}),
        "badges": [one for one in badges_of(finds) if one["earned"]] if plays(request.user, found) else [],
    }
    return render(request, "web/friend.html", told)
