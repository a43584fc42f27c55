"""What one's dex adds up to, and the game of it, which can be switched off."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from biologidex.accounts import services as accounts
from biologidex.accounts.models import User
from biologidex.core.throttling import address_of
from biologidex.dex.collection import sets
from biologidex.dex.collection.badges import counted_badges
from biologidex.dex.collection.finds import Find, finds_of
from biologidex.dex.collection.statistics import stats_of, streaks_of
from biologidex.dex.models import DexEntry
from biologidex.web import charts, groups, names
from biologidex.web.access import PersonRequest, signed_in

FIRSTS = 8
NEAR = 3  # badges that are told at once


@dataclass(frozen=True)
class Share:
    """A group of animals and how many of them somebody has found."""

    group: groups.Group
    count: int


def shares_of(finds: Sequence[Find]) -> list[Share]:
    """Return the groups of which there is anything, the largest first."""
    counts = Counter(
        groups.group_named(phylum=find.phylum, class_name=find.class_name, order=find.order).key
        for find in finds
    )
    return [Share(groups.BY_KEY[key], count) for key, count in counts.most_common()]


def years_of(finds: Sequence[Find]) -> list[int]:
    """Return the years of which something is known, the latest first."""
    return sorted({find.catch_date.year for find in finds if find.catch_date}, reverse=True)


def _game(finds: Sequence[Find], owner: User) -> dict[str, Any]:
    """Return what only those want to know who play."""
    badges = counted_badges(finds)
    left = [one for one in badges if not one.earned_at]
    told = [sets.progress(one, finds) for one in sets.all_sets()]
    first = [find.animal_id for find in finds if find.is_first][: -FIRSTS - 1 : -1]
    cards = DexEntry.objects.visible_to(owner).filter(owner=owner, animal__in=first)
    first_cards = list(cards.select_related("animal__taxon").order_by("-created_at", "pk"))
    names.prepare(card.animal.taxon for card in first_cards)
    return {
        "earned": [one for one in badges if one.earned_at],
        "near": left[:NEAR],
        "far": left[NEAR:],
        "begun": sorted((one for one in told if one["found"]), key=lambda one: -one["found"] / one["total"]),
        "untouched": [one for one in told if not one["found"]],
        "streaks": streaks_of(finds, today=timezone.localdate()),
        "first_cards": first_cards,
    }


@signed_in
@require_safe
def progress(request: PersonRequest) -> HttpResponse:
    """Show it."""
    owner = request.user
    finds = finds_of(owner, viewer=owner)
    today = timezone.localdate()
    days = [find.catch_date for find in finds if find.catch_date]
    plays = owner.profile.badges_enabled
    shown = {
        "numbers": stats_of(finds, today=today),
        "undated": len(finds) - len(days),
        "shares": shares_of(finds),
        "most": max((share.count for share in shares_of(finds)), default=1),
        "bars": charts.by_month(days, charts.months_until(today)),
        "years": years_of(finds),
        "plays": plays,
        **(_game(finds, owner) if plays else {}),
    }
    return render(request, "web/progress.html", shown)


@signed_in
@require_safe
def one_set(request: PersonRequest, key: str) -> HttpResponse:
    """Show which animals of a set one has found, and which are missing."""
    if not request.user.profile.badges_enabled:
        return redirect("web:progress")
    found = sets.set_named(key)
    finds = finds_of(request.user, viewer=request.user)
    cards = DexEntry.objects.visible_to(request.user).filter(owner=request.user)
    numbered = {number: pk for pk, number in cards.values_list("pk", "animal__creation_index")}
    members = [
        {**member, "card": numbered.get(member.get("creation_index", 0))}
        for member in sets.members_of(found, finds)
    ]
    return render(request, "web/set.html", {"set": sets.progress(found, finds), "members": members})


@signed_in
@require_POST
def game(request: PersonRequest) -> HttpResponse:
    """Switch the game on or off, everywhere."""
    plays = request.POST.get("plays") == "1"
    accounts.change_account(
        by=request.user, person=request.user, address=address_of(request), badges_enabled=plays
    )
    if plays:
        messages.success(request, _("Badges, sets and streaks are back, as if they had never been away."))
    else:
        messages.success(request, _("Badges, sets and streaks are switched off, here and for your friends."))
    return redirect("web:progress")
