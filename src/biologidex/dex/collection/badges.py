"""Badges: what a dex has come to. They are counted anew each time, so what no longer holds is no longer worn."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from django.utils.translation import gettext_noop as _

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

    def counted(self, finds: Sequence[Find]) -> "Counted":
        """Return how far somebody with these finds is with it."""
        made = sorted(self.steps(finds))
        earned_at = made[self.goal - 1] if len(made) >= self.goal else None
        return Counted(self, min(len(made), self.goal), earned_at)

    def worn(self, finds: Sequence[Find]) -> dict[str, Any]:
        """Return whether and since when somebody with these finds wears it, and how far it is."""
        counted = self.counted(finds)
        return {
            "key": self.key,
            "name": self.name,
            "description": self.description,
            "earned": counted.earned_at is not None,
            "progress": round(counted.made / self.goal, 4),
            **({"earned_at": counted.earned_at} if counted.earned_at else {}),
        }


@dataclass(frozen=True)
class Counted:
    """A badge, how many steps towards it somebody has made, and when it was earned, if it was."""

    badge: Badge
    made: int
    earned_at: datetime | None

    @property
    def left(self) -> int:
        """How many steps are still to make."""
        return self.badge.goal - self.made


def _each(keep: Callable[[Find], bool] = bool) -> Steps:
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
    Badge("first-find", _("First plate"), _("File your first animal."), 1, _each()),
    Badge("ten", _("Ten plates"), _("Fill ten plates of your dex."), 10, _each()),
    Badge("fifty", _("Fifty plates"), _("Fill fifty plates of your dex."), 50, _each()),
    Badge("hundred", _("A hundred plates"), _("Fill a hundred plates of your dex."), 100, _each()),
    Badge("pioneer", _("Pioneer"), _("Be the first here to find an animal."), 1, _each(lambda find: find.is_first)),
    Badge("explorer", _("Explorer"), _("Be the first here to find ten animals."), 10,
          _each(lambda find: find.is_first)),
    Badge("backbones", _("Backbones"), _("Find mammals, birds, reptiles, amphibians, bony fish and sharks or rays."), 6,
          _kinds(_vertebrate)),
    Badge("ten-orders", _("Ten orders"), _("Find animals of ten orders."), 10, _kinds(lambda find: find.order)),
    Badge("phyla", _("Other plans"), _("Find animals of five phyla."), 5, _kinds(lambda find: find.phylum)),
    Badge("wild-ten", _("Out there"), _("Find ten animals that live where you found them by themselves."), 10,
          _each(lambda find: find.establishment == "wild")),
    Badge("week", _("A week outdoors"), _("Find something on seven days in a row."), 7, _longest_streak),
    Badge("seasons", _("All the year round"), _("Find something in every month."), 12, _kinds(_month)),
    Badge("first-set", _("Complete"), _("Complete a set."), 1, _sets),
    Badge("five-sets", _("Curator"), _("Complete five sets."), 5, _sets),
)  # fmt: skip


def counted_badges(finds: Sequence[Find]) -> list[Counted]:
    """Return how far somebody is with every badge: those that were earned, the latest first, then the nearest."""
    told = [badge.counted(finds) for badge in BADGES]
    earned = [one for one in told if one.earned_at]
    open_ones = [one for one in told if not one.earned_at]
    earned.sort(key=lambda one: one.earned_at or datetime.min.replace(tzinfo=UTC), reverse=True)
    return earned + sorted(open_ones, key=lambda one: -one.made / one.badge.goal)


def badges_of(finds: Sequence[Find]) -> list[dict[str, Any]]:
    """Return every badge, those that are worn first."""
    told = [badge.worn(finds) for badge in BADGES]
    return sorted(told, key=lambda one: not one["earned"])
