"""A dex in numbers."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from biologidex.dex.collection.finds import Find

DAY = timedelta(days=1)


def stats_of(finds: Sequence[Find], *, today: date) -> dict[str, Any]:
    """Return what the cards add up to. What nobody said, such as the day of a find, is not counted as anything."""
    days = sorted({find.catch_date for find in finds if find.catch_date})
    runs = streaks(days)
    return {
        "cards": len(finds),
        "photos": sum(find.photos for find in finds),
        "species": len({find.species for find in finds if find.species}),
        "first_finds": sum(find.is_first for find in finds),
        "wild": sum(find.establishment == "wild" for find in finds),
        "captive": sum(find.establishment == "captive" for find in finds),
        "by_class": dict(Counter(_group(find) for find in finds).most_common()),
        "by_month": dict(sorted(Counter(f"{day:%Y-%m}" for day in _days(finds)).items())),
        "longest_streak": max(map(len, runs), default=0),
        "current_streak": next((len(run) for run in runs if today - run[-1] <= DAY), 0),
        "first_day": days[0].isoformat() if days else "",
        "latest_day": days[-1].isoformat() if days else "",
    }


def streaks(days: Sequence[date]) -> list[list[date]]:
    """Part different days, in their order, into runs without a gap."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _days(finds: Sequence[Find]) -> list[date]:
    return [find.catch_date for find in finds if find.catch_date]


def _group(find: Find) -> str:
    return find.class_name or find.phylum or find.scientific_name
