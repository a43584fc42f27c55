"""What is counted, and under which names."""

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from prometheus_client import REGISTRY

from biologidex.config.urls import urlpatterns as real
from biologidex.core import caching, jobs
from biologidex.core.jobs import queue, registry, runner
from biologidex.core.models import Job
from metering import counted


def broken(request: HttpRequest) -> HttpResponse:
    """Fail as a view of ours may."""
    raise RuntimeError("broken on purpose")


urlpatterns = [path("api/v1/broken/", broken), *real]
handler500 = "biologidex.core.faults.server_error"


def requests(**labels: str) -> float:
    return counted("api_requests_total", **labels)


@pytest.mark.django_db
def test_a_thousand_addresses_of_one_route_are_one_series(client: Client) -> None:
    route = client.get(f"/api/v1/animals/{uuid.uuid4()}/").resolver_match.route
    labels = {"method": "GET", "endpoint": f"/{route}", "status": "404"}
    before, known = requests(**labels), names()

    for _ in range(1000):
        client.get(f"/api/v1/animals/{uuid.uuid4()}/")

    assert requests(**labels) - before == 1000
    assert names() == known


def names() -> set[Any]:
    """Return every series that this process keeps about requests."""
    return {
        (sample.name, *sorted(sample.labels.items()))
        for family in REGISTRY.collect()
        if family.name.startswith("api_request")
        for sample in family.samples
    }


@pytest.mark.django_db
def test_addresses_that_nobody_made_are_counted_together(client: Client) -> None:
    labels = {"method": "GET", "endpoint": "unmatched", "status": "404"}
    before = requests(**labels)

    for number in range(5):
        client.get(f"/wp-login-{number}.php")
    client.get("/api/v1/nothing/here/")

    assert requests(**labels) - before == 6


def test_methods_that_nobody_uses_are_counted_together(client: Client) -> None:
    labels = {"method": "other", "endpoint": "/health/", "status": "405"}
    before = requests(**labels)

    client.generic("BREW", "/health/")
    client.generic("PROPFIND", "/health/")

    assert requests(**labels) - before == 2


@pytest.mark.urls("core.test_metrics")
@pytest.mark.parametrize("propagates", [False, True])
def test_an_exception_is_counted_as_the_500_that_it_becomes(
    client: Client, settings: Any, propagates: bool
) -> None:
    labels = {"method": "GET", "endpoint": "/api/v1/broken/", "status": "500"}
    settings.DEBUG_PROPAGATE_EXCEPTIONS = propagates
    client.raise_request_exception = False
    before = requests(**labels)
    timed = counted("api_request_duration_seconds_count", method="GET", endpoint="/api/v1/broken/")

    try:
        assert client.get("/api/v1/broken/").status_code == 500
    except RuntimeError:
        assert propagates

    assert requests(**labels) - before == 1
    assert (
        counted("api_request_duration_seconds_count", method="GET", endpoint="/api/v1/broken/") - timed == 1
    )


def test_the_goals_of_300_and_500_ms_are_lines_of_the_histogram(client: Client) -> None:
    client.get("/health/")

    for line in ("0.3", "0.5"):
        assert counted("api_request_duration_seconds_bucket", method="GET", endpoint="/health/", le=line)


def test_asking_for_the_metrics_counts_for_nothing(client: Client) -> None:
    client.get("/metrics")

    assert not [
        name for name in names() if ("endpoint", "/metrics/") in name or ("endpoint", "/metrics") in name
    ]


def test_the_middleware_comes_before_all_others() -> None:
    assert django_settings.MIDDLEWARE[0] == "biologidex.core.metrics.RequestMetricsMiddleware"


@pytest.fixture
def _own_tasks(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(registry, "tasks", dict(registry.tasks))
    monkeypatch.setattr(runner, "tasks", registry.tasks)
    settings.JOBS_DOORBELL = "biologidex.core.jobs.threads.ring"


def in_hand(name: str) -> float:
    return counted("active_celery_tasks", task_name=name)


def attempts(name: str, outcome: str) -> float:
    return counted("jobs_total", task_name=name, outcome=outcome)


@pytest.mark.usefixtures("_own_tasks")
@pytest.mark.django_db(transaction=True)
def test_work_in_hand_is_seen_while_it_lasts() -> None:
    begun, over, seen = threading.Event(), threading.Event(), []

    @jobs.task("test.measured")
    def long(claim: jobs.Claim) -> None:
        begun.set()
        over.wait(10)

    def work() -> None:
        runner.run_one()
        connection.close()

    jobs.enqueue("test.measured")
    worker = threading.Thread(target=work)
    worker.start()
    assert begun.wait(10)
    seen.append(in_hand("test.measured"))
    over.set()
    worker.join()

    assert [*seen, in_hand("test.measured")] == [1.0, 0.0]
    assert counted("job_duration_seconds_count", task_name="test.measured") == 1


@pytest.mark.usefixtures("_own_tasks")
@pytest.mark.django_db(transaction=True)
def test_after_ten_failures_nothing_is_in_hand_and_each_is_counted_once() -> None:
    seen = []

    @jobs.task("test.failing", attempts=2)
    def failing(claim: jobs.Claim) -> None:
        seen.append(in_hand("test.failing"))
        raise ValueError("no luck")

    for _ in range(5):
        jobs.enqueue("test.failing")
    for _ in range(2):
        Job.objects.update(run_after=Job.objects.earliest("created_at").created_at)
        runner.run_due()

    assert (seen, in_hand("test.failing")) == ([1.0] * 10, 0.0)
    assert (attempts("test.failing", "retry"), attempts("test.failing", "dead")) == (5, 5)


@pytest.mark.usefixtures("_own_tasks")
@pytest.mark.django_db(transaction=True)
def test_work_that_another_has_taken_over_is_counted_as_lost() -> None:
    @jobs.task("test.taken")
    def taken(claim: jobs.Claim) -> None:
        Job.objects.update(token=uuid.uuid4())
        claim.finish()

    jobs.enqueue("test.taken")
    runner.run_one()

    assert (attempts("test.taken", "lost"), attempts("test.taken", "done")) == (1, 0)
    assert in_hand("test.taken") == 0


@pytest.mark.usefixtures("_own_tasks")
@pytest.mark.django_db(transaction=True)
def test_the_queue_tells_what_is_due_and_for_how_long() -> None:
    jobs.enqueue("test.one")
    jobs.enqueue("test.two")
    jobs.enqueue("test.two")
    claim = queue.claim()
    assert claim
    created = Job.objects.earliest("created_at").created_at
    Job.objects.filter(name="test.two").update(run_after=created.replace(year=created.year - 1))
    claim.put_back(after=timedelta(hours=1), reason="later")

    found = queue.waiting()

    assert found.by_name == {"test.two": 2}
    assert found.oldest_seconds > 300 * 24 * 3600


def test_looks_into_the_cache_are_counted_by_the_first_word_of_the_key() -> None:
    looks = [counted("cache_lookups_total", kind="birds", result=result) for result in ("hit", "miss")]

    for _ in range(3):
        caching.remember("birds:17", lambda: "robin", seconds=60)
    caching.remember(f"{uuid.uuid4()}:birds", lambda: "robin", seconds=60)

    now = [counted("cache_lookups_total", kind="birds", result=result) for result in ("hit", "miss")]
    assert [after - before for after, before in zip(now, looks, strict=True)] == [2, 1]
    assert counted("cache_lookups_total", kind="other", result="miss")
