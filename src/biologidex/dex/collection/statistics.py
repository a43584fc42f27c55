"""A dex in numbers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from biologidex.dex.collection.finds import Find

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True)
class Streaks:
    """How long somebody has found something without a gap: until now, and at best. Only days that are known count."""

    days: int
    longest_days: int
    weeks: int
    longest_weeks: int


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


def streaks_of(finds: Sequence[Find], *, today: date) -> Streaks:
    """Return the runs of days and of weeks (from Monday). One that reached yesterday, or last week, goes on."""
    days = sorted({find.catch_date for find in finds if find.catch_date and find.catch_date <= today})
    weeks = sorted({_monday(day) for day in days})
    daily, weekly = streaks(days), streaks(weeks, step=WEEK)
    return Streaks(
        days=_going_on(daily, today, DAY),
        longest_days=max(map(len, daily), default=0),
        weeks=_going_on(weekly, _monday(today), WEEK),
        longest_weeks=max(map(len, weekly), default=0),
    )


def _monday(day: date) -> date:
    return day - day.weekday() * DAY


def _going_on(runs: Sequence[Sequence[date]], now: date, step: timedelta) -> int:
    return next((len(run) for run in runs if timedelta(0) <= now - run[-1] <= step), 0)


def streaks(days: Sequence[date], *, step: timedelta = DAY) -> list[list[date]]:
    """Part different days, in their order, into runs without a gap; or the first days of weeks."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == step:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _days(finds: Sequence[Find]) -> list[date]:
    return [find.catch_date for find in finds if find.catch_date]


def _group(find: Find) -> str:
    return find.class_name or find.phylum or find.scientific_name
