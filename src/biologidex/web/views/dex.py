"""The dex: all cards of a person by number, with what friends have found and they have not."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractYear
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from biologidex.animals.models import Animal
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import Finders, finders_of, known_to, missing_for, with_card
from biologidex.web import audiences, browsing, groups, names
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.browsing import Choice

CARDS = 48
EAGER = 8  # pictures that are seen before anybody scrolls: these do not wait for it


@dataclass(frozen=True)
class Slot:
    """A place in the grid: a card, or what is missing there."""

    animal: Animal
    entry: DexEntry | None
    finders: Finders | None = None


@dataclass(frozen=True)
class Chip:
    """A filter with the number of cards behind it, and of how many that are known."""

    label: str
    icon: str
    count: int
    of: int
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class Tally:
    """What there is to choose from, before anything is chosen."""

    own: Counter[str]
    missing: Counter[str]
    years: list[int]
    favorites: int


def _tally(own: QuerySet[DexEntry], missing: "QuerySet[Animal]") -> Tally:
    """Count cards and gaps by group, favourites and years, in two queries."""
    taxon = "animal__taxon__"
    rows = (
        own.order_by()
        .annotate(year=ExtractYear("catch_date"))
        .values_list(f"{taxon}phylum", f"{taxon}class_name", f"{taxon}order", "is_favorite", "year")
        .annotate(Count("pk"))
    )
    cards: Counter[str] = Counter()
    years, favorites = set(), 0
    for phylum, class_name, order, is_favorite, year, count in rows:
        cards[groups.group_named(phylum=phylum, class_name=class_name, order=order).key] += count
        favorites += count if is_favorite else 0
        years |= {year} if year else set()
    gaps: Counter[str] = Counter()
    gap_rows = missing.order_by().values_list("taxon__phylum", "taxon__class_name", "taxon__order")
    for phylum, class_name, order, count in gap_rows.annotate(Count("pk")):
        gaps[groups.group_named(phylum=phylum, class_name=class_name, order=order).key] += count
    return Tally(cards, gaps, sorted(years, reverse=True), favorites)


def _chips(tally: Tally, choice: Choice) -> list[Chip]:
    total, gaps = tally.own.total(), tally.missing.total()
    everything = choice.address(group="", favorites="")
    is_all = not choice.group and not choice.favorites
    chips = [Chip(_("All"), "book", total, total + gaps, everything, is_all)]
    if tally.favorites:
        address = choice.address(group="", favorites="1")
        count = tally.favorites
        chips.append(Chip(_("Favourites"), "star", count, count, address, bool(choice.favorites)))
    for key, group in groups.BY_KEY.items():
        count, known = tally.own[key], tally.own[key] + tally.missing[key]
        if known:
            address = choice.address(group=key, favorites="")
            chips.append(Chip(group.label, key, count, known, address, key == choice.group))
    return chips


def _cut(all_of_them: QuerySet[Any], number: str | None) -> "Page[Any]":
    return Paginator(all_of_them, CARDS).get_page(number)


def _page(request: PersonRequest, choice: Choice, own: QuerySet[DexEntry]) -> "Page[Any]":
    """Return a page of slots: cards alone, or cards and gaps in one row of numbers."""
    number = request.GET.get("page")
    if not choice.mixes:
        cards = choice.cards(own) if choice.show != "missing" else own.none()
        page: Page[Any] = _cut(with_card(cards), number)
        page.object_list = [Slot(entry.animal, entry) for entry in page.object_list]
        return page
    known = missing_for(request.user) if choice.show == "missing" else known_to(request.user)
    page = _cut(choice.animals(known, own), number)
    animals = list(page.object_list)
    mine = {entry.animal_id: entry for entry in with_card(own.filter(animal__in=animals))}
    finders = finders_of([one.pk for one in animals if one.pk not in mine], viewer=request.user)
    page.object_list = [Slot(animal, mine.get(animal.pk), finders.get(animal.pk)) for animal in animals]
    return page


@signed_in
@require_safe
def dex(request: PersonRequest) -> HttpResponse:
    """Show one's own cards, and silhouettes of what friends have found besides."""
    own = DexEntry.objects.visible_to(request.user).filter(owner=request.user)
    choice = Choice.of(request.GET)
    page = _page(request, choice, own)
    names.prepare(slot.animal.taxon for slot in page.object_list)
    shown: dict[str, Any] = {
        "page": page,
        "choice": choice,
        "eager": EAGER if page.number == 1 else 0,
        "following": choice.address(page=str(page.number + 1)),
        "previous": choice.address(page=str(page.number - 1)),
    }
    if request.htmx and request.GET.get("piece") == "more":
        return render(request, "web/_more_cards.html", shown)
    tally = _tally(own, missing_for(request.user))
    shown |= {
        "chips": _chips(tally, choice),
        "total": tally.own.total(),
        "missing": tally.missing.total(),
        "groups_found": len([key for key, count in tally.own.items() if count]),
        "views": [
            (label, choice.address(show=value), choice.show == value)
            for value, label in (("", _("All")), ("mine", _("Mine")), ("missing", _("Still missing")))
        ],
        "orders": browsing.order_choices(),
        "selects": [
            ("kind", _("Wild or captive"), browsing.kind_choices(), choice.kind),
            ("year", _("Year"), [(str(year), str(year)) for year in tally.years], choice.year),
            ("visibility", _("Who may see it"), audiences.choices(), choice.visibility),
            ("place", _("Place"), browsing.place_choices(), choice.place),
        ],
    }
    if not request.htmx:
        return render(request, "web/dex.html", shown)
    answer = render(request, "web/_cards.html", shown)
    answer["HX-Push-Url"] = reverse("web:dex") + choice.address().rstrip("?")
    return answer
