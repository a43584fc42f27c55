"""What load balancers, containers and people are told."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from biologidex.ops import health

ALIVE = ["/health/", "/health"]
READY = ["/ready/", "/ready", "/api/v1/health/", "/api/v1/health"]


@pytest.fixture(autouse=True)
def fresh_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test asks for the first time."""
    monkeypatch.setattr(health, "watch", health.Watch(patience=2))


@pytest.fixture
def hanging_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A database that never answers. The list grows with every question put to it."""
    over, questions = threading.Event(), []

    def hang() -> bool:
        questions.append(1)
        over.wait(5)
        return True

    monkeypatch.setattr(health, "_is_migrated", hang)
    yield questions
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
def test_not_ready_before_the_migrations_have_run(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing: dict[Any, Any] = {}
    monkeypatch.setattr(
        "django.db.migrations.recorder.MigrationRecorder.applied_migrations", lambda self: nothing
    )

    answer = client.get("/ready/")

    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "checks": {"database": "migrations pending"}}


@pytest.mark.django_db
def test_a_broken_database_is_told_without_its_secrets(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: object) -> None:
        raise OperationalError("connection to 192.0.2.9 as biologidex with password 'kingfisher' failed")

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", refuse)

    answer = client.get("/api/v1/health/")

    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "checks": {"database": "unreachable"}}


@pytest.mark.slow
@pytest.mark.django_db
def test_a_database_that_hangs_is_asked_once_and_not_waited_for(
    client: Client, monkeypatch: pytest.MonkeyPatch, hanging_database: list[int]
) -> None:
    monkeypatch.setattr(health, "watch", health.Watch(patience=0.05))

    answers = [client.get("/ready/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [503] * 3
    assert answers[0].json()["checks"] == {"database": "no answer in time"}
    assert len(hanging_database) == 1


@pytest.mark.django_db
def test_migrations_are_looked_up_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    monkeypatch.setattr(health, "_is_migrated", lambda: looks.append(1) or True)

    assert [client.get("/ready/").status_code for _ in range(3)] == [200] * 3
    assert len(looks) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("address", [*ALIVE, *READY])
def test_probing_leaves_nothing_behind(client: Client, address: str) -> None:
    answer = client.get(address)

    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405
