"""What workers and beat have counted, where no web server shares their folder: a port of their own, as guarded."""

from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest

from biologidex.core import metrics
from biologidex.ops import metrics_door
from metering import value
from running import free_port

TOKEN = "kingfisher-over-water-0123456789"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def door(settings: Any) -> Iterator[str]:
    """Open one, with a token. Returns its address."""
    settings.HOST, settings.METRICS_PORT, settings.METRICS_TOKEN = "127.0.0.1", free_port(), TOKEN
    server = metrics_door.open_door()
    assert server
    yield f"http://127.0.0.1:{settings.METRICS_PORT}"
    server.shutdown()
    server.server_close()


def test_whoever_has_the_token_is_told_what_was_counted_without_any_database(door: str) -> None:
    metrics.count_attempt("test.of_the_door", "dead")

    answer = httpx.get(f"{door}/metrics", headers=SHOWN)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert value(answer.text, "jobs_total", task_name="test.of_the_door", outcome="dead") == 1
    assert "database_up" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "token"),
    [
        ("GET", "/metrics", "guessed"),
        ("GET", "/metrics", f"{TOKEN}x"),
        ("POST", "/metrics", TOKEN),
        ("GET", "/", TOKEN),
        ("GET", "/ready/", TOKEN),
    ],
)
def test_for_anybody_else_and_for_anything_else_there_is_nothing(
    door: str, method: str, path: str, token: str
) -> None:
    answer = httpx.request(method, f"{door}{path}", headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.text) == (404, "")


def test_without_a_port_nothing_is_opened(settings: Any) -> None:
    settings.METRICS_PORT = 0

    assert metrics_door.open_door() is None
