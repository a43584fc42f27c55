"""How a tree grew, as numbers: the same as its slider shows, for whoever reads instead."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from biologidex.graph.tree import FIRST_DAY

MOST_MONTHS = 24  # of more, years are told


@dataclass(frozen=True)
class Step:
    """A month or a year in which it grew: how many animals it had at the end, and how many of them were new."""

    day: date
    is_month: bool
    animals: int
    new: int


def growth_of(days: Sequence[int]) -> list[Step]:
    """Return the months in which animals came to the tree, the latest first; years if there are many."""
    dates = [FIRST_DAY + timedelta(days=day) for day in days]
    by_month = len({one.replace(day=1) for one in dates}) <= MOST_MONTHS
    counts = Counter(one.replace(day=1) if by_month else one.replace(month=1, day=1) for one in dates)
    ordered = sorted(counts)
    totals = accumulate(counts[one] for one in ordered)
    steps = [Step(one, by_month, total, counts[one]) for one, total in zip(ordered, totals, strict=True)]
    return steps[::-1]
