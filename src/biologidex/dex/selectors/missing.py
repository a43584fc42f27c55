"""What friends have found and somebody has not: the gaps in a collection."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from biologidex.accounts.models import User
from biologidex.animals.models import Animal
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors.friends import feed_for


@dataclass(frozen=True)
class Finders:
    """Who of one's friends shows an animal: one by name, and how many others."""

    name: str
    others: int


def missing_for(viewer: User) -> "QuerySet[Animal]":
    """Return the animals that friends show to the viewer and that are not in the viewer's dex."""
    own = DexEntry.objects.filter(owner=viewer).values("animal")
    return Animal.objects.filter(_shown_to(viewer)).exclude(pk__in=own)


def known_to(viewer: User) -> "QuerySet[Animal]":
    """Return the animals in the viewer's dex, and those that friends show."""
    own = Q(pk__in=DexEntry.objects.filter(owner=viewer).values("animal"))
    return Animal.objects.filter(own | _shown_to(viewer))


def _shown_to(viewer: User) -> Q:
    return Q(pk__in=feed_for(viewer).order_by().values("animal"))


def finders_of(animal_ids: Collection[UUID], *, viewer: User) -> dict[UUID, Finders]:
    """Return by animal which friends show it to the viewer, in one query."""
    found = feed_for(viewer).filter(animal__in=animal_ids).order_by("owner__username")
    names: dict[UUID, list[str]] = {}
    for animal_id, name in found.values_list("animal", "owner__username"):
        names.setdefault(animal_id, []).append(name)
    return {animal_id: Finders(some[0], len(some) - 1) for animal_id, some in names.items()}
