"""The finds of a scope, read in three queries whatever their number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min

from biologidex.animals.models import Animal
from biologidex.graph.scope import Scope

RANKS = ("kingdom", "phylum", "class", "order", "family", "genus", "species")
COLUMNS = {rank: F(f"taxon__{'class_name' if rank == 'class' else rank}") for rank in RANKS}


@dataclass(frozen=True)
class Finds:
    """The animals that were found, how often, since when, and which of them by the viewer and by friends, and when."""

    animals: list[dict[str, Any]]
    counts: dict[UUID, int]
    since: dict[UUID, datetime]
    known: dict[UUID, dict[UUID, datetime]]


def finds_of(scope: Scope) -> Finds:
    """Read what the tree is made of, as plain rows. The finds of strangers are only counted."""
    visible = scope.finds().order_by()
    counts, since = {}, {}
    for animal, count, first in visible.values_list("animal").annotate(Count("pk"), Min("created_at")):
        counts[animal], since[animal] = count, first
    known: dict[UUID, dict[UUID, datetime]] = {}
    # A tree of friends alone still tells which of their animals the viewer has found as well.
    told = scope.told().order_by()
    for animal, owner, found_at in told.values_list("animal", "owner", "created_at"):
        known.setdefault(animal, {})[owner] = found_at
    animals = Animal.objects.filter(pk__in=visible.values("animal")).order_by("creation_index")
    rows = animals.values(
        *("id", "taxon", "creation_index", "created_by", "verified", "conservation_status"),
        rank=F("taxon__rank"),
        scientific_name=F("taxon__scientific_name"),
        common_name=F("taxon__common_name"),
        **{f"in_{rank}": column for rank, column in COLUMNS.items()},
    )
    # Between two queries somebody may have found one more: it comes with the next version.
    return Finds(
        animals=[row for row in rows if row["id"] in counts], counts=counts, since=since, known=known
    )
