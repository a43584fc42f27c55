"""The dex: all cards of a person, by number."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import with_card
from biologidex.web import groups
from biologidex.web.access import PersonRequest, signed_in

CARDS = 48
LONGEST_QUERY = 100
ORDERS = {
    "number": ("animal__creation_index",),
    "newest": ("-created_at", "animal__creation_index"),
    "name": ("animal__taxon__common_name", "animal__taxon__scientific_name"),
}


@dataclass(frozen=True)
class Choice:
    """What of the dex is asked for."""

    text: str
    group: groups.Group | None
    order: str
    favorites: bool

    @classmethod
    def of(cls, request: PersonRequest) -> "Choice":
        """Read it from the address; what makes no sense there is ignored."""
        asked = request.GET
        return cls(
            text=asked.get("q", "").strip()[:LONGEST_QUERY].replace("\x00", ""),
            group=groups.BY_KEY.get(asked.get("group", "")),
            order=asked["sort"] if asked.get("sort") in ORDERS else "number",
            favorites="favorites" in asked,
        )

    def applied(self, own: QuerySet[DexEntry]) -> QuerySet[DexEntry]:
        """Return the cards asked for, in order."""
        if self.text:
            own = own.filter(
                Q(animal__taxon__common_name__icontains=self.text)
                | Q(animal__taxon__scientific_name__icontains=self.text)
                | Q(place_name__icontains=self.text)
                | Q(notes__icontains=self.text)
            )
        if self.group:
            own = own.filter(groups.within(self.group, path="animal__taxon"))
        if self.favorites:
            own = own.filter(is_favorite=True)
        return own.order_by(*ORDERS[self.order], "pk")

    def address(self, **changed: str) -> str:
        """Return the query of the same choice with something changed; a blank drops it."""
        asked = {
            "q": self.text,
            "group": self.group.key if self.group else "",
            "sort": "" if self.order == "number" else self.order,
            "favorites": "1" if self.favorites else "",
            **changed,
        }
        return "?" + urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True)
class Chip:
    """A filter with the number of cards behind it."""

    label: str
    icon: str
    count: int
    address: str
    is_chosen: bool


def _chips(own: QuerySet[DexEntry], choice: Choice) -> tuple[list[Chip], int]:
    """Return the groups of which there are cards, and the number of all cards, with one query."""
    taxon = "animal__taxon__"
    rows = (
        own.order_by()
        .values_list(f"{taxon}phylum", f"{taxon}class_name", f"{taxon}order", "is_favorite")
        .annotate(Count("pk"))
    )
    counts: Counter[str] = Counter()
    for phylum, class_name, order, is_favorite, count in rows:
        counts[groups.group_named(phylum=phylum, class_name=class_name, order=order).key] += count
        counts["favorites"] += count if is_favorite else 0
    favorites = counts.pop("favorites", 0)
    total = counts.total()
    everything = choice.address(group="", favorites="")
    chips = [Chip("All", "book", total, everything, not choice.group and not choice.favorites)]
    if favorites:
        address = choice.address(group="", favorites="1")
        chips.append(Chip("Favourites", "star", favorites, address, choice.favorites))
    chips += [
        Chip(
            group.label,
            key,
            counts[key],
            choice.address(group=key, favorites=""),
            group == choice.group,
        )
        for key, group in groups.BY_KEY.items()
        if counts[key]
    ]
    return chips, total


@signed_in
@require_safe
def dex(request: PersonRequest) -> HttpResponse:
    """Show one's own cards."""
    own = DexEntry.objects.visible_to(request.user).filter(owner=request.user)
    choice = Choice.of(request)
    chips, total = _chips(own, choice)
    page = Paginator(with_card(choice.applied(own)), CARDS).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "choice": choice,
        "chips": chips,
        "total": total,
        "is_all": not (choice.text or choice.group or choice.favorites),
        "groups_found": len([chip for chip in chips if chip.icon in groups.BY_KEY]),
        "previous": choice.address(page=str(page.number - 1)),
        "next": choice.address(page=str(page.number + 1)),
        "orders": [("number", "Number"), ("newest", "Newest"), ("name", "Name")],
    }
    return render(request, "web/_cards.html" if request.htmx else "web/dex.html", shown)
