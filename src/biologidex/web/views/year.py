"""One year: a page for oneself, and a picture of it to give to others."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from biologidex.accounts.models import User
from biologidex.dex.collection.finds import Find, finds_of
from biologidex.dex.collection.statistics import streaks_of
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import with_card
from biologidex.media import services as media
from biologidex.media.errors import NoSuchPicture
from biologidex.web import charts, names
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.templatetags.plates import name_of
from biologidex.web.views.progress import shares_of, years_of
from biologidex.web.year_card import PHOTOS, Year, year_card


def _finds(owner: User, year: int) -> tuple[Sequence[Find], list[int]]:
    """Return the finds of a year, and all years of which something is known. What has no date is of no year."""
    finds = finds_of(owner, viewer=owner)
    of_year = [find for find in finds if find.catch_date and find.catch_date.year == year]
    if not of_year:
        raise Http404
    return of_year, years_of(finds)


def _for_others(owner: User, year: int) -> QuerySet[DexEntry]:
    """Return the cards that the picture is made of: what is only one's own is in no number that others are shown."""
    own = DexEntry.objects.visible_to(owner).filter(owner=owner, catch_date__year=year)
    return own.exclude(visibility=DexEntry.Visibility.PRIVATE)


def _cards(owner: User, year: int) -> Sequence[DexEntry]:
    """Return the cards whose photos are in the picture: favourites first, then the latest."""
    ordered = with_card(_for_others(owner, year)).order_by("-is_favorite", "-catch_date", "pk")
    return list(ordered[:PHOTOS])


def _year(owner: User, year: int, finds: Sequence[Find]) -> Year:
    days = {find.catch_date for find in finds}
    plays = owner.profile.badges_enabled
    return Year(
        year=year,
        name=owner.username,
        animals=len(finds),
        groups=[(share.group.label, share.count) for share in shares_of(finds)],
        days=len(days),
        first_finds=sum(find.is_first for find in finds) if plays else 0,
        streak=streaks_of(finds, today=date(year, 12, 31)).longest_days if plays else 0,
    )


@signed_in
@require_safe
def page(request: PersonRequest, year: int) -> HttpResponse:
    """Show a year, with the picture and the same in words."""
    finds, years = _finds(request.user, year)
    days = [find.catch_date for find in finds if find.catch_date]
    told = _year(request.user, year, finds)
    later = [one for one in years if one > year]
    earlier = [one for one in years if one < year]
    shown: dict[str, Any] = {
        "told": told,
        "year": year,
        "shares": shares_of(finds),
        "most": max(share.count for share in shares_of(finds)),
        "bars": charts.by_month(days, charts.months_of(year)),
        "has_picture": _for_others(request.user, year).exists(),
        "previous": max(earlier, default=None),
        "next": min(later, default=None),
    }
    return render(request, "web/year.html", shown)


@signed_in
@require_safe
def picture(request: PersonRequest, year: int) -> HttpResponse:
    """Return the picture. It holds what one shows to friends, and no place."""
    finds, _ = _finds(request.user, year)
    animals = set(_for_others(request.user, year).values_list("animal", flat=True))
    shown = [find for find in finds if find.animal_id in animals]
    if not shown:
        raise Http404
    told = _year(request.user, year, shown)
    cards = _cards(request.user, year)
    names.prepare(card.animal.taxon for card in cards)
    for card in cards:
        first = next(iter(card.photos.all()), None)
        if first is None:
            continue
        try:
            with media.open_variant(first.photo, "card") as file:
                told.photos.append((file.read(), name_of(card.animal.taxon)))
        except NoSuchPicture:  # a lost file must not keep the year back
            continue
    answer = HttpResponse(year_card(told), content_type="image/png")
    way = "attachment" if "download" in request.GET else "inline"
    answer["Content-Disposition"] = f'{way}; filename="biologidex-{year}.png"'
    return answer
