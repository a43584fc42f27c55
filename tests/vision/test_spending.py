"""What paid identification may cost: never more than the budget, whoever asks, and however many at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

import make
from biologidex.accounts import services as accounts
from biologidex.accounts.models import User
from biologidex.core.bounded import Bounded
from biologidex.core.jobs import runner
from biologidex.core.models import Job
from biologidex.ops import metrics, personal_data
from biologidex.vision import services, spending
from biologidex.vision.engine import chain
from biologidex.vision.engine.answer import Answer, ProviderError, Usage, Verdict
from biologidex.vision.engine.config import EngineConfig
from biologidex.vision.engine.providers.openai import OpenAI
from biologidex.vision.models import AnalysisJob, PaidCall, SpendingMonth
from metering import counted, value

pytestmark = pytest.mark.django_db(transaction=True)
CENT = Decimal("0.01")


class Paid:
    """A provider that costs a cent at most, and what it is told to in the end."""

    def __init__(
        self, *, most: Decimal | None = CENT, cost: Decimal | None = CENT, name: str = "paid"
    ) -> None:
        self.name, self.model, self.most, self.cost = name, f"{name}-model", most, cost
        self.is_remote = False
        self.error: ProviderError | None = None
        self.asked = 0
        self.together: threading.Barrier | None = None

    def price(self) -> Decimal | None:
        return self.most

    def version(self) -> str:
        return f"{self.name} 1"

    def prepare(self) -> None:
        """Nothing to load."""

    def identify(self, picture: bytes) -> Answer:
        self.asked += 1
        if self.together:
            self.together.wait(10)
        if self.error:
            raise self.error
        usage = Usage("gpt-as-it-calls-itself", 900, 0, 40, self.cost) if self.most != 0 else None
        return Answer(Verdict.NO_ANIMAL, None, (), 0.1, self.name, self.version(), usage=usage)


@pytest.fixture
def paid(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Paid:
    """Give the only provider."""
    provider = Paid()
    settings.JOBS_DOORBELL = "biologidex.core.jobs.threads.ring"
    monkeypatch.setattr(services, "providers", lambda: (provider,))
    return provider


def identify(owner: User) -> AnalysisJob:
    """Have a new photo identified and return what has become of it."""
    accounts.give_consent(by=owner, purpose="identification:paid")
    job = services.start(by=owner, photo=make.photo(owner))[0]
    runner.run_due()
    job.refresh_from_db()
    return job


def cost_so_far() -> float:
    return counted("cv_processing_cost_usd_total", model="paid-model")


def test_three_calls_of_a_cent_cost_three_cents(ann: User, paid: Paid) -> None:
    before = cost_so_far()

    jobs = [identify(ann) for _ in range(3)]

    assert [job.status for job in jobs] == ["completed"] * 3
    assert spending.spent_this_month() == Decimal("0.03")
    assert round(cost_so_far() - before, 6) == 0.03
    assert counted("cv_processing_duration_seconds_count", model="paid-model") >= 3
    assert list(PaidCall.objects.values_list("owner", "job", "provider", "cost_usd")) == [
        (ann.pk, job.pk, "paid", CENT) for job in jobs
    ]


def test_with_a_budget_of_two_cents_the_third_call_is_not_made_and_the_person_is_told(
    ann: User, paid: Paid, settings: Any
) -> None:
    settings.VISION_BUDGET = Decimal("0.02")
    refused = counted("cv_budget_refusals_total", budget="server")

    jobs = [identify(ann) for _ in range(3)]

    assert [job.status for job in jobs] == ["completed", "completed", "failed"]
    assert (paid.asked, jobs[2].error_code) == (2, "budget_used_up")
    assert "used up for this month" in jobs[2].error_message
    assert counted("cv_budget_refusals_total", budget="server") - refused == 1


def test_one_person_cannot_use_up_what_is_for_all(ann: User, bob: User, paid: Paid, settings: Any) -> None:
    settings.VISION_BUDGET, settings.VISION_BUDGET_PERSON = Decimal("0.03"), Decimal("0.02")

    outcomes = [identify(person).error_code for person in (ann, ann, ann, bob, bob)]

    assert outcomes == ["", "", "share_used_up", "", "budget_used_up"]
    assert spending.spent_this_month() == Decimal("0.03")


def test_when_the_budget_is_used_up_the_next_provider_is_asked(
    ann: User, paid: Paid, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VISION_BUDGET = CENT
    free = Paid(most=Decimal(0), name="free")
    monkeypatch.setattr(services, "providers", lambda: (paid, free))

    jobs = [identify(ann) for _ in range(2)]

    assert [job.answer["provider"] for job in jobs] == ["paid", "free"]
    assert [call["code"] for call in jobs[1].answer["failures"]] == ["budget_used_up"]
    assert PaidCall.objects.count() == 1


def test_ten_who_want_to_pay_at_once_cannot_spend_more_than_there_is(paid: Paid, settings: Any) -> None:
    settings.VISION_BUDGET = Decimal("0.04")
    paid.together = threading.Barrier(4)  # those that may call are all under way at the same time
    start = threading.Barrier(10)

    def pay(_: int) -> str:
        start.wait(10)
        try:
            return chain.identify(b"", providers=[spending.Metered(paid)]).provider
        except ProviderError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        outcomes = sorted(pool.map(pay, range(10)))

    assert outcomes == ["budget_used_up"] * 6 + ["paid"] * 4
    assert (paid.asked, spending.spent_this_month()) == (4, Decimal("0.04"))


def test_what_is_set_aside_is_the_most_and_what_is_left_of_it_comes_back(
    ann: User, paid: Paid, settings: Any
) -> None:
    settings.VISION_BUDGET = CENT
    paid.cost = Decimal("0.002")

    outcomes = [identify(ann).status for _ in range(2)]

    assert outcomes == ["completed", "failed"]  # 0.002 + 0.01 may be more than 0.01
    settings.VISION_BUDGET = Decimal("0.012")
    assert identify(ann).status == "completed"
    assert spending.spent_this_month() == Decimal("0.004")


@pytest.mark.parametrize(
    ("code", "usage", "cost"),
    [
        ("unauthorized", None, "0"),
        ("rate_limited", None, "0"),
        ("connection", None, "0"),
        ("timeout", None, "0.01"),  # it may have been at work all the same
        ("bad_answer", None, "0.01"),
        ("refused", Usage("m", 900, 0, 40, Decimal("0.003")), "0.003"),
    ],
)
def test_a_call_that_came_to_nothing_counts_as_what_it_cost_or_may_have(
    ann: User, paid: Paid, code: str, usage: Usage | None, cost: str
) -> None:
    paid.error = ProviderError(code, "", usage=usage)

    assert identify(ann).status == "failed"

    assert spending.spent_this_month() == Decimal(cost)
    assert PaidCall.objects.get().settled_at is not None


def test_a_call_whose_process_was_killed_counts_as_the_most_it_can_have_cost(paid: Paid) -> None:
    assert spending.reserve(paid, owner_id=None, job_id=None)

    assert spending.spent_this_month() == CENT


def test_a_model_of_unknown_price_is_not_asked_while_there_is_a_budget(
    ann: User, paid: Paid, settings: Any
) -> None:
    paid.most = paid.cost = None
    assert identify(ann).status == "completed"
    assert PaidCall.objects.get().cost_usd is None

    settings.VISION_BUDGET_PERSON = Decimal(5)

    assert identify(ann).error_code == "unavailable"
    assert paid.asked == 1


def test_a_new_month_begins_with_the_whole_budget(ann: User, paid: Paid, settings: Any) -> None:
    settings.VISION_BUDGET = CENT
    assert identify(ann).status == "completed"
    before = timezone.now().date().replace(day=1) - timedelta(days=1)
    PaidCall.objects.update(month=SpendingMonth.objects.create(month=before.replace(day=1)))

    assert identify(ann).status == "completed"


def test_the_same_photo_given_twice_is_paid_for_once(ann: User, bob: User, paid: Paid) -> None:
    content = make.jpeg_bytes()
    for person, calls in (
        (ann, 1),
        (ann, 1),
        (bob, 2),
    ):  # an answer to Ann is nothing that Bob's wait may tell of
        accounts.give_consent(by=person, purpose="identification:paid")
        job = services.start(by=person, photo=make.photo_of(person, content))[0]
        runner.run_due()
        job.refresh_from_db()
        services.settle(job=job)

        assert job.status == "completed"
        assert (paid.asked, PaidCall.objects.count()) == (calls, calls)


def test_trying_again_is_paid_again_and_a_passing_failure_is_not_forgotten(ann: User, paid: Paid) -> None:
    paid.error = ProviderError("timeout", "", temporary=True)
    identify(ann)
    paid.error = None
    Job.objects.update(run_after=timezone.now())
    runner.run_due()

    assert list(PaidCall.objects.order_by("pk").values_list("cost_usd", flat=True)) == [None, CENT]


def test_what_was_paid_stays_in_the_ledger_without_the_photo_and_without_the_person(
    ann: User, paid: Paid
) -> None:
    job = identify(ann)
    told = personal_data.told_of(ann)["vision"]["paid_calls"]
    services.discard(by=ann, job=job)
    ann.delete()

    call = PaidCall.objects.get()
    assert (told[0]["model"], told[0]["cost_usd"]) == ("paid-model", CENT)
    assert (call.owner, call.job, spending.spent_this_month()) == (None, None, CENT)


def test_the_operator_sees_what_it_costs(
    ann: User, paid: Paid, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VISION_BUDGET = Decimal(5)
    identify(ann)
    out = StringIO()

    call_command("spending", stdout=out)
    monkeypatch.setattr(metrics, "spent", Bounded(spending.spent_this_month, about="test", patience=2))
    text = metrics.exposition().decode()

    month = f"{timezone.now():%Y-%m}"
    assert out.getvalue().splitlines() == [
        "paid-model: 0.010000 USD for 1 calls",
        f"{month}: 0.010000 USD of 5 USD",
    ]
    assert (value(text, "cv_budget_usd"), value(text, "cv_budget_spent_usd")) == (5, 0.01)


def test_free_identification_has_no_ledger(ann: User, paid: Paid, settings: Any) -> None:
    paid.most = Decimal(0)
    settings.VISION_BUDGET = CENT

    assert identify(ann).status == "completed"
    assert not PaidCall.objects.exists()


def test_the_price_of_a_call_is_the_most_it_can_cost_or_what_the_operator_says() -> None:
    assert OpenAI(EngineConfig(openai_model="gpt-5.6-luna")).price() == Decimal("0.00365")
    assert OpenAI(EngineConfig(openai_model="other")).price() is None
    assert OpenAI(EngineConfig(openai_model="other", call_usd=CENT)).price() == CENT
