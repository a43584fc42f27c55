"""Sets of animals to complete, and how far a dex is with them."""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

from django.utils.translation import gettext as _

from biologidex.animals.models import Taxon
from biologidex.dex.collection.finds import Find
from biologidex.dex.errors import NoSuchSet


@dataclass(frozen=True)
class Member:
    """A taxon that belongs to a set; a find of anything below it counts."""

    rank: str
    scientific_name: str

    @property
    def column(self) -> str:
        """Return the column of a line of descent that holds such a taxon."""
        return "class_name" if self.rank == "class" else self.rank


@dataclass(frozen=True)
class AnimalSet:
    """A set of animals with its own name and a sentence about it."""

    key: str
    title: str
    about: str
    members: tuple[Member, ...]

    def found(self, finds: Sequence[Find]) -> dict[Member, Find]:
        """Return by member the first find that counts for it."""
        firsts = {
            member: next((find for find in finds if find.is_a(member.column, member.scientific_name)), None)
            for member in self.members
        }
        return {member: find for member, find in firsts.items() if find}

    def completed_at(self, finds: Sequence[Find]) -> datetime | None:
        """Return when the last member was found, None as long as one is missing."""
        found = self.found(finds)
        return max(find.created_at for find in found.values()) if len(found) == len(self.members) else None


@functools.cache
def all_sets() -> tuple[AnimalSet, ...]:
    """Return the sets as dex/data/sets.json has them."""
    text = resources.files("biologidex.dex").joinpath("data/sets.json").read_text(encoding="utf-8")
    return tuple(
        AnimalSet(
            key=one["key"],
            title=one["title"],
            about=one["about"],
            members=tuple(Member(rank, name) for rank, names in one["members"].items() for name in names),
        )
        for one in json.loads(text)
    )


def set_named(key: str) -> AnimalSet:
    """Return a set, or raise NoSuchSet."""
    for one in all_sets():
        if one.key == key:
            return one
    raise NoSuchSet(_("There is no such set."))


def progress(one: AnimalSet, finds: Sequence[Find]) -> dict[str, Any]:
    """Return how far a dex is with a set."""
    found = len(one.found(finds))
    return {
        "key": one.key,
        "title": one.title,
        "about": one.about,
        "found": found,
        "total": len(one.members),
        "is_complete": found == len(one.members),
    }


def members_of(one: AnimalSet, finds: Sequence[Find]) -> list[dict[str, Any]]:
    """Return the members of a set, each with the number of the card that counts for it. One query."""
    names = [member.scientific_name for member in one.members]
    taxa = Taxon.objects.filter(scientific_name__in=names).values_list(
        "rank", "scientific_name", "common_name"
    )
    english = {(rank, name): common_name for rank, name, common_name in taxa}
    found = one.found(finds)
    return [
        {
            "rank": member.rank,
            "scientific_name": member.scientific_name,
            "common_name": english.get((member.rank, member.scientific_name), ""),
            "is_found": member in found,
            **({"creation_index": found[member].creation_index} if member in found else {}),
        }
        for member in one.members
    ]
