"""What of a dex somebody asks to see. All of it is in the address: pages can be kept, sent on and gone back to."""

from dataclasses import dataclass, fields
from typing import Self
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from biologidex.animals.models import Animal, TaxonName
from biologidex.animals.selectors import is_named
from biologidex.dex.models import DexEntry
from biologidex.web import audiences, groups

LONGEST_QUERY = 100
FIRST_YEAR, LAST_YEAR = 1826, 9999
ORDERS = {
    "number": ("animal__creation_index",),
    "newest": ("-created_at", "animal__creation_index"),
    "name": ("animal__taxon__common_name", "animal__taxon__scientific_name"),
}
SHOWN = ("", "mine", "missing")
ESTABLISHMENTS = {"wild": "wild", "captive": "captive", "unknown": ""}
PLACES = ("known", "unknown")


@dataclass(frozen=True)
class Choice:
    """A choice of cards: each field is a parameter of the address, blank where nothing is asked for."""

    q: str = ""
    show: str = ""
    group: str = ""
    favorites: str = ""
    kind: str = ""
    year: str = ""
    visibility: str = ""
    place: str = ""
    sort: str = ""

    @classmethod
    def of(cls, asked: QueryDict) -> Self:
        """Read it from the address; what makes no sense there is ignored."""
        among = {
            "show": SHOWN,
            "group": groups.BY_KEY,
            "kind": ESTABLISHMENTS,
            "visibility": DexEntry.Visibility.values,
            "place": PLACES,
            "sort": ORDERS.keys() - {"number"},
        }
        told = {name: value for name, values in among.items() if (value := asked.get(name, "")) in values}
        year = asked.get("year", "")
        if year.isascii() and year.isdecimal() and FIRST_YEAR <= int(year[:5]) <= LAST_YEAR:
            told["year"] = year
        return cls(
            q=asked.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY],
            favorites="1" if asked.get("favorites") else "",
            **told,
        )

    @property
    def is_everything(self) -> bool:
        """Whether nothing narrows it; the order does not."""
        return self == type(self)(sort=self.sort)

    @property
    def narrowed(self) -> list[tuple[str, str]]:
        """Return what of the cards' own details is asked for, each with the address without it."""
        words = {
            "favorites": {"1": _("Favourites")},
            "kind": dict(kind_choices()),
            "year": {self.year: self.year},
            "visibility": dict(audiences.choices()),
            "place": dict(place_choices()),
        }
        return [
            (told[value], self.address(**{name: ""}))
            for name, told in words.items()
            if (value := getattr(self, name))
        ]

    @property
    def mixes(self) -> bool:
        """Whether what one has and what one misses stand side by side: by number, by nothing that only a card tells."""
        return not (self.sort or self.narrowed) and self.show != "mine"

    def address(self, **changed: str) -> str:
        """Return the query of the same choice with something changed; a blank drops it."""
        asked = {field.name: getattr(self, field.name) for field in fields(self)} | changed
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    def cards(self, own: QuerySet[DexEntry]) -> QuerySet[DexEntry]:
        """Return the cards asked for, in order."""
        if self.q:
            said = Q(notes__icontains=self.q) | Q(place_name__icontains=self.q)
            own = own.filter(said | _named(self.q, path="animal__taxon"))
        if self.group:
            own = own.filter(groups.within(groups.BY_KEY[self.group], path="animal__taxon"))
        if self.favorites:
            own = own.filter(is_favorite=True)
        if self.kind:
            own = own.filter(establishment=ESTABLISHMENTS[self.kind])
        if self.year:
            own = own.filter(catch_date__year=int(self.year))
        if self.visibility:
            own = own.filter(visibility=self.visibility)
        if self.place:
            nowhere = Q(latitude=None, place_name="")
            own = own.filter(nowhere if self.place == "unknown" else ~nowhere)
        return own.order_by(*ORDERS[self.sort or "number"], "pk")

    def animals(self, known: "QuerySet[Animal]", own: QuerySet[DexEntry]) -> "QuerySet[Animal]":
        """Return the animals asked for by number, whether one has a card of them or not."""
        if self.q:
            said = own.filter(Q(notes__icontains=self.q) | Q(place_name__icontains=self.q)).values("animal")
            known = known.filter(_named(self.q, path="taxon") | Q(pk__in=said))
        if self.group:
            known = known.filter(groups.within(groups.BY_KEY[self.group], path="taxon"))
        return known.select_related("taxon").order_by("creation_index")


def _named(text: str, *, path: str) -> Q:
    """Return the filter for a name, in Latin or in any language that the taxonomy knows.

    Pieces of words are looked for as they are typed, beginnings of words also without accents.
    """
    names = TaxonName.objects.filter(taxon=OuterRef(f"{path}_id"), name__icontains=text)
    shown = Q(**{f"{path}__common_name__icontains": text}) | Q(
        **{f"{path}__scientific_name__icontains": text}
    )
    return shown | Q(Exists(names)) | is_named(text, taxon=f"{path}_id")


def order_choices() -> list[tuple[str, str]]:
    """Return the orders and what they are called."""
    return [("", _("Number")), ("newest", _("Newest")), ("name", _("Name"))]


def kind_choices() -> list[tuple[str, str]]:
    """Return how an animal may have lived, and what that is called."""
    return [("wild", _("Wild")), ("captive", _("Captive or kept")), ("unknown", _("Nobody said"))]


def place_choices() -> list[tuple[str, str]]:
    """Return what may be known of a place, and what that is called."""
    return [("known", _("Place known")), ("unknown", _("Place unknown"))]
