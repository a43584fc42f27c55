"""The three questions about health, asked of a real server while its parts are stopped one after the other."""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from stack import redis_servers
from stack.cluster import Cluster, cluster
from stack.postgres import binaries
from stack.workplace import Workplace, eventually
from stack.workplace import workplace_on as open_workplace

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(redis_servers.program() is None, reason="apt install redis-tools"),
    pytest.mark.skipif(binaries() is None, reason="apt install postgresql"),
]
HTTP = httpx.Client(timeout=10)
ALL_WELL = dict.fromkeys(
    ("database", "redis", "broker", "celery", "storage", "disk", "clock", "migrations"), "ok"
)


@pytest.fixture(scope="module")
def database() -> Iterator[Cluster]:
    """Run a PostgreSQL as it ships."""
    with cluster() as running:
        made = running.make_roles()
        assert made.returncode == 0, made.stderr
        yield running


@pytest.fixture(scope="module")
def place(database: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """Run everything that the self-hosted mode has."""
    with open_workplace(tmp_path_factory.mktemp("health"), database.address("owner")) as opened:
        yield opened


@pytest.fixture(scope="module")
def server(place: Workplace) -> Iterator[str]:
    """Run a web server and a worker. Gives the address."""
    address = place.web()
    place.worker()
    with HTTP:
        yield address


@pytest.fixture(autouse=True)
def _all_well_before_and_after(server: str) -> Iterator[None]:
    eventually(lambda: deep(server) == (200, "ok", ALL_WELL))
    yield
    eventually(lambda: deep(server) == (200, "ok", ALL_WELL))


def answer(server: str, path: str) -> tuple[int, Any]:
    got = HTTP.get(f"{server}{path}")
    return got.status_code, got.json()


def deep(server: str) -> tuple[int, str, dict[str, str]]:
    status, told = answer(server, "/api/v1/health/")
    return status, told["status"], told["checks"]


def is_alive(server: str) -> bool:
    """Whether it says so, and at once: the quickest of three answers tells, however busy all is."""
    took = []
    for _ in range(3):
        begun = time.monotonic()
        if answer(server, "/health/") != (200, {"status": "ok"}):
            return False
        took.append(time.monotonic() - begun)
    return min(took) < 0.5


def tree(pid: int) -> list[int]:
    """Return a process and all that it has started."""
    children = [
        int(one) for file in Path(f"/proc/{pid}/task").glob("*/children") for one in file.read_text().split()
    ]
    return [pid, *(below for child in children for below in tree(child))]


@contextmanager
def hanging(server: Cluster) -> Iterator[None]:
    """Let a database hang, with every connection that it has, for the length of a block."""
    server.program.signal_all(signal.SIGSTOP)
    try:
        yield
    finally:
        server.program.signal_all(signal.SIGCONT)


def test_a_database_that_hangs_makes_it_unready_within_three_seconds(server: str, database: Cluster) -> None:
    with hanging(database):
        time.sleep(0.6)  # what was true half a second ago is told once more
        begun = time.monotonic()
        told = answer(server, "/ready/")
        took = time.monotonic() - begun
        with ThreadPoolExecutor(20) as pool:
            many = list(pool.map(lambda _: answer(server, "/ready/")[0], range(100)))
        took_all = time.monotonic() - begun - took

        assert told == (
            503,
            {"status": "unavailable", "checks": {"database": "no answer in time", "redis": "ok"}},
        )
        assert took < 3
        assert many == [503] * 100
        assert is_alive(server)
        assert deep(server)[:2] == (503, "unavailable")
        assert took_all < 10  # one after the other they would wait for minutes


def test_a_database_that_is_down_makes_it_unready_and_not_dead(server: str, database: Cluster) -> None:
    database.program.stop()
    try:
        eventually(lambda: answer(server, "/ready/")[0] == 503)
        assert answer(server, "/ready/")[1]["checks"]["database"] == "unreachable"
        status, state, checks = deep(server)
        assert (status, state, checks["migrations"]) == (503, "unavailable", "unknown")
        assert is_alive(server)
    finally:
        database.program.start()
    eventually(lambda: answer(server, "/ready/")[0] == 200)


def test_without_the_cache_it_is_ready_all_the_same(server: str, place: Workplace) -> None:
    place.cache.kill()
    try:
        eventually(lambda: answer(server, "/ready/")[1]["status"] == "degraded")
        assert answer(server, "/ready/") == (
            200,
            {"status": "degraded", "checks": {"database": "ok", "redis": "unreachable"}},
        )
        eventually(lambda: deep(server)[2]["celery"] == "unknown")
        assert is_alive(server)
    finally:
        place.cache.start()


def test_without_the_broker_it_is_ready_and_says_what_is_missing(server: str, place: Workplace) -> None:
    place.broker.pause()  # worse than a dead one: it takes connections
    try:
        eventually(lambda: deep(server)[2]["broker"] in {"unreachable", "no answer in time"})
        assert deep(server)[:2] == (200, "degraded")
        assert answer(server, "/ready/")[0] == 200
    finally:
        place.broker.resume()


def test_a_worker_that_died_is_missed_within_a_minute_and_the_web_goes_on(
    server: str, place: Workplace
) -> None:
    place.kill_workers()
    begun = time.monotonic()

    eventually(lambda: deep(server)[2]["celery"] == "no worker", within=60)

    assert deep(server)[:2] == (200, "degraded")
    assert answer(server, "/ready/") == (200, {"status": "ok", "checks": {"database": "ok", "redis": "ok"}})
    assert time.monotonic() - begun > 5  # one who is merely busy is not taken for dead
    place.worker()
