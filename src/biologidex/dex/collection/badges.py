"""Badges: what a dex has come to. They are counted anew each time, so what no longer holds is no longer worn."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from biologidex.dex.collection.finds import Find
from biologidex.dex.collection.sets import all_sets
from biologidex.dex.collection.statistics import streaks

Steps = Callable[[Sequence[Find]], Iterable[datetime]]
VERTEBRATES = ("Mammalia", "Aves", "Amphibia", "Actinopteri", "Chondrichthyes")
REPTILES = ("Squamata", "Testudines", "Crocodylia")


@dataclass(frozen=True)
class Badge:
    """A badge: `steps` tells when each step towards it was made; `goal` is how many it takes."""

    key: str
    name: str
    description: str
    goal: int
    steps: Steps

    def worn(self, finds: Sequence[Find]) -> dict[str, Any]:
        """Return whether and since when somebody with these finds wears it, and how far it is."""
        made = sorted(self.steps(finds))
        earned = len(made) >= self.goal
        return {
            "key": self.key,
            "name": self.name,
            "description": self.description,
            "earned": earned,
            "progress": min(1.0, round(len(made) / self.goal, 4)),
            **({"earned_at": made[self.goal - 1]} if earned else {}),
        }


def _each(keep: Callable[[Find], bool] = lambda _: True) -> Steps:
    return lambda finds: [find.created_at for find in finds if keep(find)]


def _kinds(kind: Callable[[Find], str]) -> Steps:
    """Count different kinds: the first find of each is a step. A blank kind is none."""

    def steps(finds: Sequence[Find]) -> Iterable[datetime]:
        firsts: dict[str, datetime] = {}
        for find in finds:
            firsts.setdefault(kind(find), find.created_at)
        firsts.pop("", None)
        return firsts.values()

    return steps


def _vertebrate(find: Find) -> str:
    if find.order in REPTILES:
        return "reptiles"
    return find.class_name if find.class_name in VERTEBRATES else ""


def _sets(finds: Sequence[Find]) -> Iterable[datetime]:
    return [at for one in all_sets() if (at := one.completed_at(finds))]


def _longest_streak(finds: Sequence[Find]) -> Iterable[datetime]:
    days = sorted({find.catch_date for find in finds if find.catch_date})
    longest = max(streaks(days), key=len, default=[])
    return [datetime.combine(day, time(), UTC) for day in longest]


def _month(find: Find) -> str:
    return f"{find.catch_date:%m}" if find.catch_date else ""


BADGES = (
    Badge("first-find", "First plate", "File your first animal.", 1, _each()),
    Badge("ten", "Ten plates", "Fill ten plates of your dex.", 10, _each()),
    Badge("fifty", "Fifty plates", "Fill fifty plates of your dex.", 50, _each()),
    Badge("hundred", "A hundred plates", "Fill a hundred plates of your dex.", 100, _each()),
    Badge("pioneer", "Pioneer", "Be the first here to find an animal.", 1, _each(lambda find: find.is_first)),
    Badge("explorer", "Explorer", "Be the first here to find ten animals.", 10, _each(lambda find: find.is_first)),
    Badge("backbones", "Backbones", "Find mammals, birds, reptiles, amphibians, bony fish and sharks or rays.", 6,
          _kinds(_vertebrate)),
    Badge("ten-orders", "Ten orders", "Find animals of ten orders.", 10, _kinds(lambda find: find.order)),
    Badge("phyla", "Other plans", "Find animals of five phyla.", 5, _kinds(lambda find: find.phylum)),
    Badge("wild-ten", "Out there", "Find ten animals that live where you found them by themselves.", 10,
          _each(lambda find: find.establishment == "wild")),
    Badge("week", "A week outdoors", "Find something on seven days in a row.", 7, _longest_streak),
    Badge("seasons", "All the year round", "Find something in every month.", 12, _kinds(_month)),
    Badge("first-set", "Complete", "Complete a set.", 1, _sets),
    Badge("five-sets", "Curator", "Complete five sets.", 5, _sets),
)  # fmt: skip


def badges_of(finds: Sequence[Find]) -> list[dict[str, Any]]:
    """Return every badge, those that are worn first."""
    told = [badge.worn(finds) for badge in BADGES]
    return sorted(told, key=lambda one: not one["earned"])
