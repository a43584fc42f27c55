"""What load balancers, containers and people are told."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client

from biologidex.accounts.models import User
from biologidex.core.bounded import Bounded
from biologidex.core.jobs import heartbeat
from biologidex.ops import health, vitals
from biologidex.ops.vitals import Finding

ALIVE = ["/health/", "/health"]
READY = ["/ready/", "/ready"]
DEEP = ["/api/v1/health/", "/api/v1/health"]
WELL = {
    "database": "ok",
    "redis": "not used",
    "broker": "not used",
    "celery": "not used",
    "storage": "ok",
    "disk": "ok",
    "clock": "ok",
    "migrations": "ok",
}
FROM_ELSEWHERE = {"REMOTE_ADDR": "198.51.100.7"}


@pytest.fixture(autouse=True)
def _asked_for_the_first_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        vitals.Memory, "migrated", True
    )  # looking takes longer than a busy machine has patience
    monkeypatch.setattr(health, "checks", vitals.checks())


@pytest.fixture
def _migrations_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vitals.Memory, "migrated", False)
    monkeypatch.setattr(health, "checks", vitals.checks(patience=20))


Replace = Callable[..., None]


@pytest.fixture
def replace(monkeypatch: pytest.MonkeyPatch) -> Replace:
    """Let a test say what a part answers: `replace("disk", lambda: Finding("low"))`."""

    def put(name: str, ask: Callable[[], Any], *, patience: float = 2.0) -> None:
        bounded = Bounded(ask, about=name, patience=patience)
        monkeypatch.setattr(health, "checks", {**health.checks, name: bounded})

    return put


@pytest.fixture
def hanging() -> Iterator[tuple[list[int], Callable[[], Finding]]]:
    """Give what never answers. The list grows with every question put to it."""
    over, questions = threading.Event(), []

    def hang() -> Finding:
        questions.append(1)
        over.wait(10)
        return Finding()

    yield questions, hang
    over.set()


@pytest.mark.parametrize("address", ALIVE)
def test_alive_is_answered_without_a_database(client: Client, address: str) -> None:
    answer = client.get(address)  # without the `db` fixture any query is an error

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


@pytest.mark.django_db
@pytest.mark.parametrize("address", READY)
def test_ready_is_answered_when_the_database_answers(client: Client, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "checks": {"database": "ok"}}


@pytest.mark.django_db
@pytest.mark.parametrize("address", DEEP)
def test_the_deep_answer_names_every_part_in_plain_words(client: Client, address: str) -> None:
    answer = client.get(address, **FROM_ELSEWHERE)

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "checks": WELL}


@pytest.mark.usefixtures("_migrations_unknown")
@pytest.mark.django_db
def test_not_ready_before_the_migrations_have_run(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing: dict[Any, Any] = {}
    monkeypatch.setattr(
        "django.db.migrations.recorder.MigrationRecorder.applied_migrations", lambda self: nothing
    )

    ready, deep = client.get("/ready/"), client.get("/api/v1/health/", **FROM_ELSEWHERE)

    assert (ready.status_code, deep.status_code) == (503, 503)
    assert ready.json() == {"status": "unavailable", "checks": {"database": "migrations pending"}}
    assert deep.json() == {"status": "unavailable", "checks": {**WELL, "migrations": "pending"}}


@pytest.mark.django_db
def test_a_broken_database_is_told_without_its_secrets(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: object) -> None:
        raise OperationalError("connection to 192.0.2.9 as biologidex with password 'kingfisher' failed")

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", refuse)

    ready, deep = client.get("/ready/"), client.get("/api/v1/health/", **FROM_ELSEWHERE)

    assert (ready.status_code, deep.status_code) == (503, 503)
    assert ready.json() == {"status": "unavailable", "checks": {"database": "unreachable"}}
    clock = "unreachable" if connection.vendor == "postgresql" else "ok"  # it is compared with the database's
    assert deep.json()["checks"] == {
        **WELL,
        "database": "unreachable",
        "migrations": "unknown",
        "clock": clock,
    }


def test_a_database_that_hangs_is_asked_once_and_waited_for_once(
    client: Client, hanging: Any, replace: Replace
) -> None:
    questions, hang = hanging
    replace("database", hang, patience=0.1)

    begun = time.monotonic()
    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda _: client.get("/ready/"), range(100)))

    assert {answer.status_code for answer in answers} == {503}
    assert answers[0].json()["checks"] == {"database": "no answer in time"}
    assert len(questions) == 1
    assert time.monotonic() - begun < 5


def test_a_question_that_hangs_for_long_is_put_anew(
    hanging: Any, replace: Replace, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions, hang = hanging
    replace("database", lambda: hang() if not questions else Finding(), patience=0.05)
    assert client.get("/ready/").status_code == 503

    monkeypatch.setattr("biologidex.core.bounded.ABANDONED", 0.0)

    assert client.get("/ready/").status_code == 200


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_hundred_who_ask_at_once_all_get_the_same_true_answer(client: Client) -> None:
    def ask(_: int) -> Any:
        return client.get("/api/v1/health/", **FROM_ELSEWHERE).json()

    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(ask, range(100)))

    assert answers == [{"status": "ok", "checks": WELL}] * 100


@pytest.mark.usefixtures("_migrations_unknown")
@pytest.mark.django_db
def test_migrations_are_looked_up_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    monkeypatch.setattr(vitals, "is_migrated", lambda: looks.append(1) or True)

    for _ in range(3):
        monkeypatch.setattr(health, "checks", vitals.checks())
        assert client.get("/ready/").status_code == 200
    assert len(looks) == 1


def broken() -> Finding:
    raise PermissionError("/srv/biologidex/media belongs to Ann")


PARTS = [
    ("redis", lambda: Finding("unreachable"), "unreachable"),
    ("broker", broken, "unreachable"),
    ("celery", lambda: Finding("no worker"), "no worker"),
    ("storage", broken, "unreachable"),
    ("disk", lambda: Finding("low"), "low"),
    ("clock", lambda: Finding("wrong", {"seconds_ahead": 9.0}), "wrong"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("part", "ask", "state"), PARTS)
def test_without_a_part_that_is_not_vital_requests_are_still_served(
    client: Client, replace: Replace, part: str, ask: Callable[[], Finding], state: str
) -> None:
    replace(part, ask)

    answer = client.get("/api/v1/health/", **FROM_ELSEWHERE)

    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "checks": {**WELL, part: state}}
    assert client.get("/ready/").status_code == 200


@pytest.mark.django_db
def test_ready_though_slower_without_the_cache(client: Client, replace: Replace) -> None:
    replace("redis", lambda: Finding("unreachable"))

    answer = client.get("/ready/")

    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "checks": {"database": "ok", "redis": "unreachable"}}


@pytest.mark.django_db
def test_a_storage_that_cannot_be_written_to_is_told(client: Client, settings: Any, tmp_path: Any) -> None:
    (tmp_path / "media").write_text("no folder")
    settings.MEDIA_ROOT = tmp_path / "media"

    assert client.get("/api/v1/health/").json()["checks"]["storage"] == "unreachable"


@pytest.mark.django_db
def test_looking_at_the_storage_leaves_nothing_in_it(client: Client, media_folder: Any) -> None:
    client.get("/api/v1/health/")

    assert [file for file in media_folder.rglob("*") if file.is_file()] == []


def test_a_cache_that_forgets_at_once_is_no_cache(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CACHE_URL = "redis://127.0.0.1:1"
    assert vitals.shared_cache().state == "ok"

    monkeypatch.setattr(cache, "get", lambda *_: None)

    assert vitals.shared_cache().state == "unreachable"


def test_who_works_in_the_background_is_known_by_signs_of_life_or_by_threads(settings: Any) -> None:
    settings.JOBS_BACKEND = "celery"
    assert vitals.workers().state == "no worker"
    heartbeat.beat("worker@one")
    assert vitals.workers() == Finding("ok", {"workers": ["worker@one"], "schedulers": []})

    cache.clear()
    settings.JOBS_BACKEND = "threads"
    assert vitals.workers().state == "no worker"
    over = threading.Event()
    thread = threading.Thread(target=over.wait, name="worker-0")
    thread.start()
    assert vitals.workers() == Finding("ok", {"workers": ["worker-0"]})
    over.set()
    thread.join()


def test_whoever_only_starts_work_is_no_worker(settings: Any) -> None:
    settings.JOBS_BACKEND = "celery"
    heartbeat.beat(heartbeat.name_of("beat"))

    found = vitals.workers()

    assert found.state == "no worker"
    assert found.details == {"workers": [], "schedulers": [heartbeat.name_of("beat")]}


def test_a_sign_of_life_is_good_for_half_a_minute(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.JOBS_BACKEND = "celery"
    heartbeat.beat("worker@one")
    now = time.time()

    monkeypatch.setattr("biologidex.core.jobs.heartbeat.time.time", lambda: now + 29)
    assert vitals.workers().state == "ok"
    monkeypatch.setattr("biologidex.core.jobs.heartbeat.time.time", lambda: now + 31)
    assert vitals.workers().state == "no worker"


@pytest.mark.django_db(transaction=True)  # with one connection for all, nobody may wait while holding it
def test_numbers_are_for_the_operators_programs_and_for_staff(
    client: Client, settings: Any, ann: User
) -> None:
    settings.METRICS_TOKEN = "kingfisher"

    def details(**headers: str) -> Any:
        return client.get("/api/v1/health/", headers=headers).json().get("details")

    assert details() is None
    assert details(Authorization="Bearer wrong") is None
    told = details(Authorization="Bearer kingfisher")
    assert told["database"]["milliseconds"] >= 0
    assert told["disk"]["free_bytes"] > 0
    assert told["jobs"] == {"waiting": 0, "oldest_due_seconds": 0.0}
    client.force_login(ann)
    assert details() is None
    User.objects.filter(pk=ann.pk).update(is_staff=True)
    assert details()["disk"]["free_bytes"] > 0


def test_nobody_is_looked_up_in_a_database_that_does_not_answer(
    client: Client, replace: Replace, settings: Any
) -> None:
    replace("database", broken)
    settings.METRICS_TOKEN = "kingfisher"
    client.cookies[settings.SESSION_COOKIE_NAME] = "0123456789abcdef0123456789abcdef"

    answer = client.get("/api/v1/health/")  # without the `db` fixture any query of this thread is an error

    assert answer.status_code == 503
    assert "details" not in answer.json()


@pytest.mark.django_db
@pytest.mark.parametrize("address", [*ALIVE, *READY, *DEEP])
def test_probing_leaves_nothing_behind(client: Client, address: str) -> None:
    answer = client.get(address)

    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405
