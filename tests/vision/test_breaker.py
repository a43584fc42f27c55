"""A paid service that keeps failing is left alone for a while, by everybody, and then tried by one call."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

import make
from biologidex.accounts import services as accounts
from biologidex.accounts.models import User
from biologidex.core.jobs import runner
from biologidex.core.models import Job
from biologidex.ops import metrics
from biologidex.vision import breaker, services
from biologidex.vision.engine.answer import Answer, Fault, ProviderError, Verdict
from biologidex.vision.models import AnalysisJob, PaidCall
from metering import counted, value

pytestmark = pytest.mark.django_db(transaction=True)


class Service:
    """A provider that works or fails as it is told, and counts how often it was asked."""

    def __init__(self, name: str, price: str) -> None:
        self.name, self.model, self._price = name, f"{name}-model", Decimal(price)
        self.is_remote = False
        self.error: ProviderError | None = None
        self.asked = 0
        self.meanwhile: Callable[[], Any] = lambda: None

    def price(self) -> Decimal | None:
        return self._price

    def version(self) -> str:
        return f"{self.name} 1"

    def prepare(self) -> None:
        """Nothing to load."""

    def identify(self, picture: bytes) -> Answer:
        self.asked += 1
        self.meanwhile()
        if self.error:
            raise self.error
        return Answer(Verdict.NO_ANIMAL, None, (), 0.1, self.name, self.version())


class Clock:
    """What time it is for the breaker."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(breaker, "now", made)
    return made


@pytest.fixture(autouse=True)
def paid(monkeypatch: pytest.MonkeyPatch, settings: Any, clock: Clock) -> Service:
    """Give the paid service, which is asked first and does not work, with a free one behind it."""
    service, free = Service("paid", "0.01"), Service("free", "0")
    service.error = ProviderError(Fault.TIMEOUT, "It did not answer in time.", temporary=True)
    settings.JOBS_DOORBELL = "biologidex.core.jobs.threads.ring"
    settings.VISION_PROVIDERS = ["paid", "free"]
    monkeypatch.setattr(services, "providers", lambda: (service, free))
    return service


def identify(owner: User, times: int = 1) -> list[AnalysisJob]:
    """Have new photos identified, one after the other, and return what has become of them."""
    jobs = []
    for _ in range(times):
        accounts.give_consent(by=owner, purpose="identification:paid")
        jobs.append(services.start(by=owner, photo=make.photo(owner))[0])
        runner.run_due()
        jobs[-1].refresh_from_db()
    return jobs


def test_after_five_failures_in_a_row_it_is_not_asked_and_nothing_is_set_aside_for_it(
    ann: User, paid: Service
) -> None:
    refused, opened = (
        counted(f"cv_circuit_{name}_total", provider="paid") for name in ("refusals", "openings")
    )

    jobs = identify(ann, times=8)

    assert paid.asked == PaidCall.objects.count() == 5
    assert {job.answer["provider"] for job in jobs} == {"free"}
    assert jobs[-1].answer["failures"][0]["code"] == "circuit_open"
    assert counted("cv_circuit_refusals_total", provider="paid") - refused == 3
    assert counted("cv_circuit_openings_total", provider="paid") - opened == 1


def test_the_operator_sees_that_it_is_left_alone(ann: User) -> None:
    def shown() -> dict[str, float]:
        text = metrics.exposition().decode()
        return {name: value(text, "cv_circuit_open", provider=name) for name in ("paid", "free")}

    before = shown()
    identify(ann, times=5)

    assert (before, shown()) == ({"paid": 0, "free": 0}, {"paid": 1, "free": 0})


def test_after_a_minute_it_is_tried_and_if_it_works_asked_again(
    ann: User, paid: Service, clock: Clock
) -> None:
    identify(ann, times=6)
    paid.error = None

    clock.seconds += 59
    assert identify(ann)[0].answer["provider"] == "free"
    clock.seconds += 2
    assert [job.answer["provider"] for job in identify(ann, times=3)] == ["paid"] * 3


def test_a_trial_that_fails_leaves_it_alone_for_another_minute(
    ann: User, paid: Service, clock: Clock
) -> None:
    identify(ann, times=6)

    clock.seconds += 61
    identify(ann, times=4)

    assert paid.asked == 6
    clock.seconds += 61
    identify(ann)
    assert paid.asked == 7


def test_of_many_at_once_one_tries_it(paid: Service, clock: Clock, ann: User) -> None:
    identify(ann, times=5)
    clock.seconds += 61
    others_are_done = threading.Event()
    paid.meanwhile = lambda: others_are_done.wait(10)
    paid.error = None
    outcomes: list[str] = []

    def ask(_: int) -> None:
        try:
            outcomes.append(breaker.Guarded(paid).identify(b"").provider)
        except ProviderError as error:
            outcomes.append(error.code)
        finally:
            if len(outcomes) == 5:
                others_are_done.set()
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(ask, range(6)))

    assert outcomes == ["circuit_open"] * 5 + ["paid"]
    assert paid.asked == 6


def test_a_service_that_asks_for_more_time_is_given_it(ann: User, paid: Service, clock: Clock) -> None:
    paid.error = ProviderError(Fault.RATE_LIMITED, "Slower.", temporary=True, retry_after=600)
    identify(ann, times=5)

    clock.seconds += 599
    identify(ann)
    assert paid.asked == 5
    clock.seconds += 2
    identify(ann)
    assert paid.asked == 6


def test_failures_that_are_not_in_a_row_leave_it_in_use(ann: User, paid: Service) -> None:
    failure = paid.error
    for _ in range(3):
        identify(ann, times=4)
        paid.error = None
        identify(ann)
        paid.error = failure

    assert paid.asked == 15


def test_what_is_wrong_with_a_picture_or_with_our_key_is_no_failure_of_the_service(
    ann: User, paid: Service
) -> None:
    paid.error = ProviderError(Fault.UNREADABLE_PICTURE, "No picture.")

    identify(ann, times=8)

    assert paid.asked == 8


def test_where_there_is_no_other_the_job_waits_until_it_may_be_tried(
    ann: User, paid: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "providers", lambda: (paid,))
    identify(ann, times=5)
    Job.objects.all().delete()

    (waiting,) = identify(ann)
    assert (waiting.status, paid.asked) == ("processing", 5)

    clock.seconds += 61
    paid.error = None
    Job.objects.update(run_after=waiting.created_at)
    runner.run_due()
    waiting.refresh_from_db()
    assert waiting.status == "completed"


def test_a_free_provider_is_always_asked(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    free = Service("own", "0")
    free.error = ProviderError(Fault.SERVER_ERROR, "Broken.", temporary=True)
    monkeypatch.setattr(services, "providers", lambda: (free,))

    identify(ann, times=8)

    assert free.asked >= 8


@pytest.mark.parametrize("failures", [0, 2])
def test_the_operator_says_after_how_many(ann: User, paid: Service, settings: Any, failures: int) -> None:
    settings.VISION_BREAKER = failures

    identify(ann, times=8)

    assert paid.asked == (failures or 8)


def test_what_is_known_of_it_is_in_the_cache_and_a_lost_cache_knows_of_no_failures(
    ann: User, paid: Service
) -> None:
    identify(ann, times=6)

    cache.clear()
    identify(ann)

    assert paid.asked == 6
