"""How the server is doing, in numbers for its overview and its costs."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, DecimalField, Q, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from biologidex.accounts.models import User
from biologidex.animals.models import Animal
from biologidex.core import identity
from biologidex.core.models import Job
from biologidex.dex.models import DexEntry
from biologidex.media.models import Photo
from biologidex.ops import health, vitals
from biologidex.social.models import Report
from biologidex.vision.models import PaidCall
from biologidex.vision.spending import spent_this_month

MEGABYTE = 1_000_000
COST = Coalesce("cost_usd", "estimate_usd", output_field=DecimalField(max_digits=12, decimal_places=6))


@dataclass(frozen=True)
class Overview:
    """What is here, what waits, what it costs, and what is wrong."""

    people: dict[str, int]
    cards: int
    hidden: int
    animals: int
    unverified: int
    photos: int
    megabytes: int
    jobs: dict[str, int]
    reports: int
    spent: Decimal
    budget: Decimal
    health: dict[str, vitals.Finding]

    @property
    def troubles(self) -> dict[str, vitals.Finding]:
        """Return what is not as it should be."""
        fine = {vitals.OK, vitals.UNUSED}
        return {name: finding for name, finding in self.health.items() if finding.state not in fine}


def overview() -> Overview:
    """Look at everything, whoever it belongs to: these are numbers."""
    week = timezone.now() - timedelta(days=7)
    with identity.everything():
        cards = DexEntry.objects.aggregate(all=Count("pk"), hidden=Count("pk", filter=~Q(hidden_at=None)))
        photos = Photo.objects.aggregate(all=Count("pk"), size=Sum("size"), made=Sum("pictures_size"))
        reports = Report.objects.waiting().count()
    animals = Animal.objects.aggregate(all=Count("pk"), unverified=Count("pk", filter=Q(verified=False)))
    jobs = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
    return Overview(
        people=User.objects.aggregate(
            all=Count("pk", filter=Q(is_active=True)),
            new=Count("pk", filter=Q(is_active=True, date_joined__gt=week)),
            suspended=Count("pk", filter=Q(is_active=False, closed_at=None)),
        ),
        cards=cards["all"],
        hidden=cards["hidden"],
        animals=animals["all"],
        unverified=animals["unverified"],
        photos=photos["all"],
        megabytes=((photos["size"] or 0) + (photos["made"] or 0)) // MEGABYTE,
        jobs={state: jobs.get(state, 0) for state in Job.State.values},
        reports=reports,
        spent=spent_this_month(),
        budget=settings.VISION_BUDGET,
        health=vitals.examine(health.checks, health.checks),
    )


@dataclass(frozen=True)
class Costs:
    """What a month has cost: by day, provider and model, and by person."""

    month: date
    rows: list[Any]
    people: list[Any]
    total: Decimal
    calls: int


def costs(month: date) -> Costs:
    """Add up the paid calls of a month. Those that nobody saw the end of count as what was set aside."""
    calls = PaidCall.objects.filter(month=month)
    by_day = calls.annotate(day=TruncDate("created_at")).values("day", "provider", "model")
    rows = by_day.annotate(calls=Count("pk"), cost=Sum(COST)).order_by("-day", "provider", "model")
    people = calls.values("owner__username").annotate(calls=Count("pk"), cost=Sum(COST)).order_by("-cost")
    found = list(rows)
    return Costs(
        month=month,
        rows=found,
        people=list(people[:20]),
        total=sum((row["cost"] for row in found), Decimal(0)),
        calls=sum(row["calls"] for row in found),
    )
