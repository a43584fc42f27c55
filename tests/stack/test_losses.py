"""The stack under load while its parts are killed: nothing promised is lost, nothing wrong is told."""

import os
import signal
import time
from collections.abc import Callable

import httpx2 as httpx
import pytest

from stack.load import Load
from stack.programs import descendants
from stack.whole import Stack

pytestmark = pytest.mark.stack
BACK_WITHIN = 30.0  # seconds
RATE, AT_LEAST = 50.0, 10.0  # requests a second: offered, and answered however busy the machine that tests is
CALM = float(os.environ.get("CALM", "3"))  # seconds between two blows


def kill_a_process_of_gunicorn(stack: Stack) -> None:
    """One process that answers requests; gunicorn makes another."""
    os.kill(descendants(stack.parts["web-1"].pid)[0], signal.SIGKILL)


def restart_the_primary(stack: Stack) -> None:
    """As for an update of PostgreSQL."""
    stack.parts["primary"].restart()


BLOWS: dict[str, Callable[[Stack], None]] = {
    "a process of gunicorn": kill_a_process_of_gunicorn,
    "a gunicorn": lambda stack: stack.parts["web-1"].kill(),
    "the server of streams": lambda stack: stack.parts["live"].kill(),
    "the worker": lambda stack: stack.parts["worker"].kill(),
    "beat": lambda stack: stack.parts["beat"].kill(),
    "the broker": lambda stack: stack.broker.kill(),
    "the cache": lambda stack: stack.cache.kill(),
    "the replica": lambda stack: stack.parts["replica"].kill(),
    "the replica's pgBouncer": lambda stack: stack.parts["pgbouncer-replica"].kill(),
    "pgBouncer": lambda stack: stack.parts["pgbouncer"].kill(),
    "a restart of the primary": restart_the_primary,
}

WITHOUT_A_SECOND = {"pgBouncer", "a restart of the primary"}  # nobody can write until it is back
# Requests that a killed gunicorn may take along: those that write are not asked of the other one.
IN_HAND = 10


def test_nothing_that_was_acknowledged_is_lost_and_nothing_wrong_is_told(stack: Stack) -> None:
    load = Load(stack.address, rate=RATE)
    back: dict[str, float] = {}
    refused: dict[str, int] = {}
    with load, stack.kept_alive():
        time.sleep(CALM)
        for name, blow in BLOWS.items():
            before = load.refused
            blow(stack)
            begun = time.monotonic()
            stack.wait_until_healthy(patience=BACK_WITHIN)
            back[name] = time.monotonic() - begun
            time.sleep(CALM)
            refused[name] = load.refused - before
            print(f"healthy {back[name]:4.1f} s after {name}, {refused[name]} requests refused")
        reached = load.answers.total() / (time.monotonic() - load.began)
    print(f"{reached:.0f} requests a second: {dict(load.answers)}, {len(load.jobs)} identifications")
    try:
        assert load.wrong == [], "\n".join(stack.faults())
        for visitor in load.visitors:
            note = visitor.person.get(f"dex/entries/{visitor.card}/")["notes"]
            assert note in visitor.possible, "an acknowledged write was lost"
            ended = {visitor.person.outcome(job, patience=60)["status"] for job in visitor.jobs}
            assert ended <= {"completed"}, "a job was lost"
    finally:
        load.close()

    assert load.jobs
    for job in load.jobs:
        done = stack.primary.ask(
            "owner", "SELECT count(*), min(state) FROM core_job WHERE arguments ->> 'job_id' = %s", job
        )
        assert done == [(1, "done")], "a job was doubled"
    assert max(back.values()) < BACK_WITHIN
    assert {name for name, number in refused.items() if number > IN_HAND} <= WITHOUT_A_SECOND
    assert reached > AT_LEAST, "what was killed had hardly anything to do"


def test_a_database_that_does_not_answer_is_told_within_three_seconds(stack: Stack) -> None:
    stack.freeze("primary")
    try:
        begun = time.monotonic()
        ready = httpx.get(f"{stack.direct_address}/ready/", timeout=10)
        took = time.monotonic() - begun
        alive = httpx.get(f"{stack.direct_address}/health/", timeout=10)
    finally:
        stack.thaw("primary")

    assert (ready.status_code, alive.status_code) == (503, 200)
    assert took < 3
    stack.wait_until_healthy(patience=BACK_WITHIN)


def test_without_the_cache_everything_is_answered(stack: Stack) -> None:
    load = Load(stack.address, people=4, rate=20)
    stack.cache.kill()
    try:
        with load:
            time.sleep(4)
    finally:
        stack.cache.start()
        load.close()

    assert load.wrong == []
    assert set(load.answers) <= {"200", "201"}
    stack.wait_until_healthy(patience=BACK_WITHIN)
