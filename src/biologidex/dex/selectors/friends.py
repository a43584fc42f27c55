"""What friends have in their dexes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery

from biologidex.accounts.models import User
from biologidex.animals.models import Animal
from biologidex.animals.selectors import animal_rows
from biologidex.core.prepared import HOLE, Prepared
from biologidex.dex.models import DexEntry
from biologidex.social.selectors import friend_ids


def feed_for(viewer: User) -> QuerySet[DexEntry]:
    """Return the finds that friends show to the viewer."""
    return DexEntry.objects.visible_to(viewer).filter(owner__in=friend_ids(viewer))


def counts_for(viewer: User, owners: QuerySet[User]) -> dict[UUID, dict[str, Any]]:
    """Return by owner how many cards the viewer may see, how many photos (`finds`) are on them, of how many species
    they are, and when the last of them changed.

    A card of a genus or a family counts as no species. What the viewer may not see is not counted either.
    """
    seen = DexEntry.objects.visible_to(viewer).filter(owner__in=owners)
    rows = seen.values("owner").annotate(
        cards=Count("pk", distinct=True),
        finds=Count("photos", distinct=True),
        changed_at=Max("updated_at"),
    )
    species = (
        seen.exclude(animal__taxon__species="")
        .values("owner")
        .annotate(species=Count("animal__taxon__species", distinct=True))
    )
    species_of = {row["owner"]: row["species"] for row in species}
    return {row["owner"]: {**row, "species": species_of.get(row["owner"], 0)} for row in rows}


def overview_for(viewer: User) -> dict[UUID, tuple[int, datetime]]:
    """Return by friend how many cards the viewer may see, and when the last of them changed."""
    return {owner: (cards, changed_at) for owner, cards, changed_at in _OVERVIEW.all(viewer.pk)}


def _overview() -> "QuerySet[DexEntry, Any]":
    viewer = User(pk=HOLE)
    seen = DexEntry.objects.visible_to(viewer).filter(owner__in=friend_ids(viewer)).order_by()
    return seen.values_list("owner").annotate(Count("pk"), Max("updated_at"))


_OVERVIEW = Prepared(_overview)


def popular_animals(viewer: User | AnonymousUser) -> "QuerySet[Animal, dict[str, Any]]":
    """Return animals as plain rows, each with how many people have found it, as far as the viewer may see that.

    What only a player knows is not shown off until it is confirmed.
    """
    seen = DexEntry.objects.visible_to(viewer).filter(animal=OuterRef("pk")).order_by()
    found = (
        seen.values("animal").annotate(finders=Count("pk")).values("finders")
    )  # one card of it for each person
    confirmed = Animal.objects.filter(verified=True)
    return animal_rows(confirmed.annotate(finders=Subquery(found)).filter(finders__gt=0), "finders")
