"""`/metrics`: who may read it, and that Prometheus can."""

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

import make
from biologidex.core import jobs
from biologidex.core.bounded import Bounded
from biologidex.core.proxies import WRITTEN_BY_PROXIES
from biologidex.ops import collectors, metrics, vitals
from metering import value

TOKEN = "kingfisher-over-water-0123456789"
FROM_ELSEWHERE = {"REMOTE_ADDR": "198.51.100.7"}


@pytest.fixture
def token(settings: Any) -> dict[str, str]:
    """Let the operator set a token. Returns the header that shows it."""
    settings.METRICS_TOKEN = TOKEN
    return {"Authorization": f"Bearer {TOKEN}"}


@pytest.mark.django_db
def test_with_the_token_it_is_answered_from_wherever_it_is_asked(
    client: Client, token: dict[str, str]
) -> None:
    answer = client.get("/metrics", headers=token, **FROM_ELSEWHERE)

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert "no-store" in answer["Cache-Control"]
    assert b"api_requests_total" in answer.content


@pytest.mark.django_db
def test_with_a_token_it_may_be_asked_by_the_address_of_a_container(
    client: Client, token: dict[str, str]
) -> None:
    assert client.get("/metrics", headers={**token, "Host": "10.89.77.21:8000"}).status_code == 200
    assert client.get("/metrics", headers={"Host": "10.89.77.21:8000"}).status_code == 404
    assert client.get("/ready/", headers={**token, "Host": "10.89.77.21:8000"}).status_code == 400


def test_without_any_token_a_name_that_somebody_lets_lead_here_is_refused(client: Client) -> None:
    assert client.get("/metrics", headers={"Host": "rebound.example"}).status_code == 400


@pytest.mark.parametrize(
    "given", ["", "Bearer", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN, f"bearer {TOKEN}é"]
)
def test_without_the_token_there_is_nothing_here_not_even_for_this_machine(
    client: Client, token: dict[str, str], given: str
) -> None:
    for method in ("get", "post", "options"):
        assert getattr(client, method)("/metrics", headers={"Authorization": given}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "127.0.0.9"])
def test_without_any_token_set_programs_on_this_machine_may_read_it(client: Client, address: str) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 200


@pytest.mark.parametrize("address", ["198.51.100.7", "10.0.0.3", "::ffff:198.51.100.7", "", "unix:"])
def test_without_any_token_set_nobody_else_may(client: Client, address: str) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_without_any_token_set_nobody_may_where_a_proxy_may_stand_in_front(
    client: Client, settings: Any
) -> None:
    settings.REACHABLE = True

    assert client.get("/metrics").status_code == 404
    assert "details" not in client.get("/api/v1/health/").json()


@pytest.mark.parametrize("header", WRITTEN_BY_PROXIES)
def test_what_a_proxy_on_this_machine_passes_on_is_not_from_this_machine(client: Client, header: str) -> None:
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


@pytest.mark.django_db
def test_it_can_only_be_read(client: Client) -> None:
    assert client.head("/metrics").status_code == 200
    assert client.post("/metrics").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_it_tells_how_the_queue_stands(client: Client, settings: Any) -> None:
    settings.JOBS_DOORBELL = "biologidex.core.jobs.threads.ring"
    for _ in range(3):
        jobs.enqueue("core.sweep_jobs")

    text = client.get("/metrics").content.decode()

    assert value(text, "jobs_waiting", task_name="core.sweep_jobs") == 3
    assert 0 < value(text, "jobs_oldest_due_seconds") < 60
    assert value(text, "database_up") == 1


@pytest.fixture
def _hanging_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    over = threading.Event()
    monkeypatch.setattr(metrics, "waiting", Bounded(lambda: over.wait(10), about="test", patience=0.05))
    yield
    over.set()


@pytest.mark.usefixtures("_hanging_database")
def test_a_database_that_hangs_does_not_keep_the_rest_from_being_read(client: Client) -> None:
    text = client.get("/metrics").content.decode()

    assert value(text, "database_up") == 0
    assert "jobs_waiting" not in text
    assert "api_requests_total" in text


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_prometheus_finds_nothing_to_object_to(client: Client, settings: Any) -> None:
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed. As root: apt install prometheus")
    client.get("/api/v1/animals/")
    jobs.enqueue("core.sweep_jobs")
    settings.JOBS_DOORBELL = "biologidex.core.jobs.threads.ring"
    jobs.enqueue("core.sweep_jobs")

    outcome = subprocess.run(
        ["promtool", "check", "metrics"],
        input=client.get("/metrics").content,
        capture_output=True,
        check=False,
    )

    assert (outcome.returncode, outcome.stdout + outcome.stderr) == (0, b"")


@pytest.mark.django_db(transaction=True)
def test_it_tells_how_every_part_is_and_how_much_is_here(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(
        collectors,
        "checks",
        {**vitals.checks(), "disk": failing, "celery": Bounded(crew, about="t", patience=2)},
    )
    monkeypatch.setattr(collectors, "counting", Bounded(collectors.contents, about="test", patience=20))
    make.user()
    settings.DAILY_WORK = ("core.sweep_jobs",)
    jobs.enqueue("core.sweep_jobs")

    text = client.get("/metrics").content.decode()

    assert value(text, "health_check_ok", check="storage") == 1
    assert (value(text, "health_check_ok", check="disk"), "data_disk_free_bytes" in text) == (0, False)
    assert 0 < value(text, "health_check_seconds", check="database") < 2
    assert 'health_check_ok{check="broker"}' not in text  # not used here
    assert (value(text, "workers_alive"), value(text, "schedulers_alive")) == (2, 1)
    assert (value(text, "people"), value(text, "finds")) == (1, 0)
    done = value(text, "daily_work_done_timestamp_seconds", task_name="core.sweep_jobs")
    assert 0 <= time.time() - done < 60
    assert "biologidex_build_info{" in text


failing: Bounded[vitals.Finding] = Bounded(lambda: vitals.Finding("low"), about="test", patience=2)


def crew() -> vitals.Finding:
    return vitals.Finding("ok", {"workers": ["a", "b"], "schedulers": ["beat@c"]})
