"""What paid identification may cost, and does. A call is paid for in the ledger before it is made.

The most that a call can cost is set aside first, with the month locked, so that however many want to pay at once they
cannot spend more than the budget; afterwards what it did cost takes the place of that.
"""

import time
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import DecimalField, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from biologidex.accounts.models import User
from biologidex.vision import metrics
from biologidex.vision.engine.answer import Answer, Fault, Provider, ProviderError
from biologidex.vision.models import PaidCall, SpendingMonth

NOTHING = Decimal(0)
BUDGET_USED_UP, SHARE_USED_UP = "budget_used_up", "share_used_up"
# Failures after which nobody sends a bill: the call was not made, or turned away at the door.
UNPAID = {
    Fault.UNAVAILABLE,
    Fault.UNREADABLE_PICTURE,
    Fault.PICTURE_TOO_LARGE,
    Fault.UNAUTHORIZED,
    Fault.FORBIDDEN,
    Fault.UNKNOWN_MODEL,
    Fault.REJECTED,
    Fault.QUOTA,
    Fault.RATE_LIMITED,
    Fault.CONNECTION,
}


class Metered:
    """A provider whose time is measured and whose calls are paid for, on behalf of one person and job."""

    def __init__(
        self, provider: Provider, *, owner_id: UUID | None = None, job_id: UUID | None = None
    ) -> None:
        self._provider, self._owner_id, self._job_id = provider, owner_id, job_id
        self.name, self.model, self.is_remote = provider.name, provider.model, provider.is_remote
        self.price, self.version, self.prepare = provider.price, provider.version, provider.prepare

    def identify(self, picture: bytes) -> Answer:
        """Ask, unless that may cost more than is left."""
        call = reserve(self._provider, owner_id=self._owner_id, job_id=self._job_id)
        begun = time.perf_counter()
        try:
            answer = self._provider.identify(picture)
        except ProviderError as error:
            _settle(call, error.usage.cost_usd if error.usage else NOTHING if error.code in UNPAID else None)
            raise
        finally:
            metrics.SECONDS.labels(self.model).observe(time.perf_counter() - begun)
        _settle(call, answer.usage.cost_usd if answer.usage else None)
        return answer


def reserve(provider: Provider, *, owner_id: UUID | None, job_id: UUID | None) -> PaidCall | None:
    """Set aside what a call can cost at most; None for one that is free. Raises ProviderError if that is not left."""
    price = provider.price()
    if price == NOTHING:
        return None
    if price is None and (settings.VISION_BUDGET or settings.VISION_BUDGET_PERSON):
        raise ProviderError(
            Fault.UNAVAILABLE,
            "There is a budget, but nobody knows what a call of this model costs: set BIOLOGIDEX_VISION_CALL_USD.",
        )
    with transaction.atomic():
        month, estimate = _locked_month(), price or NOTHING
        _refuse_too_much(month, estimate, owner_id)
        return PaidCall.objects.create(
            month=month,
            owner_id=owner_id,
            job_id=job_id,
            provider=provider.name,
            model=provider.model,
            estimate_usd=estimate,
        )


def _refuse_too_much(month: SpendingMonth, estimate: Decimal, owner_id: UUID | None) -> None:
    budget, share = settings.VISION_BUDGET, settings.VISION_BUDGET_PERSON
    if budget and spent(month.calls.all()) + estimate > budget:
        metrics.REFUSED.labels("server").inc()
        raise ProviderError(BUDGET_USED_UP, "The budget of this month does not allow another call.")
    if share and owner_id and spent(month.calls.filter(owner_id=owner_id)) + estimate > share:
        metrics.REFUSED.labels("person").inc()
        raise ProviderError(SHARE_USED_UP, "This person's share of the budget does not allow another call.")


def _locked_month() -> SpendingMonth:
    today = timezone.now().date().replace(day=1)
    SpendingMonth.objects.get_or_create(pk=today)
    return SpendingMonth.objects.select_for_update().get(pk=today)


def _settle(call: PaidCall | None, cost: Decimal | None) -> None:
    """Write down what a call did cost. Where nobody says so, what was set aside counts as spent."""
    if call is None:
        return
    PaidCall.objects.filter(pk=call.pk).update(cost_usd=cost, settled_at=timezone.now())
    metrics.COST.labels(call.model).inc(float(call.estimate_usd if cost is None else cost))


def spent(calls: "QuerySet[PaidCall]") -> Decimal:
    """Add up what calls did cost, or may yet."""
    amount = Coalesce("cost_usd", "estimate_usd", output_field=DecimalField(max_digits=12, decimal_places=6))
    total: Decimal | None = calls.aggregate(total=Sum(amount))["total"]
    return total or NOTHING


def this_month() -> "QuerySet[PaidCall]":
    """Return the calls that were paid for in this month."""
    return PaidCall.objects.filter(month=timezone.now().date().replace(day=1))


def spent_this_month() -> Decimal:
    """Add up this month."""
    return spent(this_month())


def spent_by(person: User) -> tuple[Decimal, int]:
    """Return what this month's calls for one person cost, and how many there were."""
    calls = this_month().filter(owner=person)
    return spent(calls), calls.count()
