"""What friends found, and the words one leaves there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats, timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from biologidex.dex import services
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import feed_for, reactions_on, with_card
from biologidex.social.selectors import friend_ids
from biologidex.web import names
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.heard import Heard, heard_of, heard_on
from biologidex.web.marks import NEWEST_FIRST, Mark

FINDS = 20  # on one page
MOST_NEW = 99


@dataclass(frozen=True)
class Day:
    """The finds of one day by the reader's clock. It begins on this page, unless an earlier page told some of them."""

    day: date
    finds: list[tuple[DexEntry, Heard]]
    begins: bool

    @property
    def name(self) -> str:
        """Call it as people do."""
        today = timezone.localdate()
        if self.day == today:
            return _("Today")
        if self.day == today - timedelta(days=1):
            return _("Yesterday")
        return formats.date_format(self.day, "DATE_FORMAT")


def _days(entries: Sequence[DexEntry], heard: dict[UUID, Heard], after: Mark | None) -> list[Day]:
    told = timezone.localdate(after.moment) if after else None
    days = groupby(entries, key=lambda entry: timezone.localdate(entry.created_at))
    return [Day(day, [(one, heard[one.pk]) for one in finds], begins=day != told) for day, finds in days]


@signed_in
@require_safe
def feed(request: PersonRequest) -> HttpResponse:
    """Show what friends found, the newest first; htmx is given the older finds alone."""
    after = Mark.read(request.GET.get("after", ""))
    found = feed_for(request.user)
    older = found.filter(after.older) if after else found
    entries = list(with_card(older).order_by(*NEWEST_FIRST)[: FINDS + 1])
    shown = entries[:FINDS]
    names.prepare(entry.animal.taxon for entry in shown)
    told: dict[str, Any] = {
        "days": _days(shown, heard_on(shown, viewer=request.user), after),
        "after": after,
        "older": str(Mark.of(shown[-1])) if len(entries) > FINDS else "",
        "newest": str(Mark.of(shown[0])) if shown and not after else "",
    }
    if not shown and not after:
        told["has_friends"] = friend_ids(request.user).exists()
    return render(request, "web/_feed.html" if request.htmx and after else "web/feed.html", told)


@signed_in
@require_safe
def news(request: PersonRequest) -> HttpResponse:
    """Tell how many finds are newer than the page: for a pill that one presses, so that nothing jumps."""
    since = Mark.read(request.GET.get("since", ""))
    found = feed_for(request.user)
    newer = found.filter(since.newer) if since else found
    count = newer.order_by()[: MOST_NEW + 1].count()
    if count and not since:  # on an empty page nothing can jump
        return HttpResponseClientRefresh()
    return render(request, "web/_feed_news.html", {"count": count, "most": MOST_NEW, "newest": since or ""})


@signed_in
@require_POST
def react(request: PersonRequest, entry_id: UUID) -> HttpResponse:
    """Leave a word on a friend's card, or take it back."""
    entry = get_object_or_404(DexEntry.objects.visible_to(request.user), pk=entry_id)
    services.react(by=request.user, entry=entry, kind=request.POST.get("kind", ""))
    if not request.htmx:
        back = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
            back = ""
        return redirect(back or "web:feed")
    said = reactions_on([entry.pk], viewer=request.user).get(entry.pk, [])
    heard = heard_of(entry, said, viewer=request.user, is_friend=True)
    return render(
        request,
        "web/_reactions.html",
        {"heard": heard, "here": request.POST.get("next", "").partition("#")[0]},
    )
