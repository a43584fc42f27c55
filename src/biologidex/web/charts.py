"""Numbers over time, as bars that we draw ourselves and as a table that says the same."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

HEIGHT, STEP, WIDTH = 100, 30, 20
MONTHS = 12


@dataclass(frozen=True)
class Bar:
    """One month and how much of it there is; the rest says where it is drawn."""

    month: date
    count: int
    left: int
    top: float
    height: float

    @property
    def middle(self) -> int:
        """Return where the words of this bar stand."""
        return self.left + WIDTH // 2


def by_month(days: Iterable[date], months: Sequence[date]) -> list[Bar]:
    """Return a bar for each of the months; they are given by their first days."""
    counts = Counter(day.replace(day=1) for day in days)
    most = max((counts[month] for month in months), default=0) or 1
    bars = []
    for place, month in enumerate(months):
        height = round(HEIGHT * counts[month] / most, 1)
        left = place * STEP + (STEP - WIDTH) // 2
        bars.append(Bar(month, counts[month], left, round(HEIGHT - height, 1), height))
    return bars


def months_of(year: int) -> list[date]:
    """Return the months of a year."""
    return [date(year, month, 1) for month in range(1, MONTHS + 1)]


def months_until(today: date) -> list[date]:
    """Return the last twelve months, this one included."""
    last = today.year * MONTHS + today.month - 1
    return [date(month // MONTHS, month % MONTHS + 1, 1) for month in range(last - MONTHS + 1, last + 1)]
