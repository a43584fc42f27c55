"""Background work by real workers over a real broker: who does it, when, and what it means to ask for it."""

import time
from pathlib import Path

import pytest

from stack import redis_servers
from stack.workplace import Workplace, eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(redis_servers.program() is None, reason="apt install redis-tools"),
]


def test_a_worker_does_what_is_enqueued_at_once_and_once(place: Workplace) -> None:
    place.worker()

    place.ask("enqueue", "probe.quick", 0, 20, 0)  # and no beat, which would ring again
    place.until_done(20)

    assert place.ask("effects") == list(range(20))
    assert {attempts for _, _, attempts, _ in place.ask("jobs")} == {1}


def test_a_worker_serves_its_lane_and_leaves_the_other(place: Workplace) -> None:
    place.worker("--lane", "interactive")

    place.ask("enqueue", "probe.bulk", 0, 3, 0)
    place.ask("enqueue", "probe.quick", 10, 3, 0)
    eventually(lambda: place.ask("states") == {"done": 3, "queued": 3})

    assert place.ask("effects") == [10, 11, 12]
    assert place.broker.admin().llen("bulk") == 3
    place.worker("--lane", "bulk")
    place.until_done(6)


def test_work_that_takes_too_long_is_interrupted_and_tried_again(place: Workplace) -> None:
    place.worker()
    place.start("beat")

    place.ask("enqueue_plain", "probe.endless", number=7)
    eventually(lambda: place.ask("jobs")[0][3] == "took too long")
    place.until_done(1)

    assert place.ask("effects") == [7]
    assert place.ask("jobs")[0][2] == 2


@pytest.mark.parametrize("backend", ["inline", "threads", "celery"])
def test_eager_equals_async(place: Workplace, backend: str) -> None:
    """Work begins after the commit and sees all of it; what was rolled back was never asked for."""
    if backend == "celery":
        place.worker("--lane", "interactive", "--concurrency", "1")
    clerk = place.clerk(BIOLOGIDEX_JOBS_BACKEND=backend)

    clerk.ask("enqueue_and_write", 1, fails=False)
    clerk.ask("enqueue_and_write", 2, fails=True)
    place.until_done(1)

    assert place.ask("effects") == [1, 1]
    clerk.close()


def test_who_is_alive_is_known_and_who_fell_silent_too(place: Workplace) -> None:
    worker, beat = place.worker("--lane", "bulk"), place.start("beat")
    eventually(lambda: len(place.ask("alive", 15)) == 2)
    assert [name.partition("@")[0].partition("-")[0] for name in place.ask("alive", 15)] == ["beat", "bulk"]

    worker.kill()
    beat.kill()

    eventually(lambda: place.ask("alive", 2) == [])


def test_of_two_beats_one_is_at_work_and_the_other_takes_over_from_a_killed_one(place: Workplace) -> None:
    daily = {"PROBE_DAILY": "core.sweep_jobs"}
    first = place.start("beat", **daily).wait_until_it_says("this scheduler is at work")
    second = place.start("beat", **daily).wait_until_it_says("beat: Starting")
    time.sleep(2.5)
    assert "at work" not in second.log.read_text()
    assert [name for name, *_ in place.ask("jobs")] == ["core.sweep_jobs"]

    first.kill()
    second.wait_until_it_says("this scheduler is at work")

    time.sleep(1)
    assert place.ask("states") == {"queued": 1}


def test_a_beat_that_is_stopped_hands_over_at_once_and_leaves_no_file(place: Workplace) -> None:
    first = place.start("beat").wait_until_it_says("this scheduler is at work")
    second = place.start("beat").wait_until_it_says("beat: Starting")

    first.stop()
    second.wait_until_it_says("this scheduler is at work", within=4)

    assert [file for file in place.folder.rglob("*") if "schedule" in file.name] == []


def test_processes_of_a_worker_share_no_connection(place: Workplace) -> None:
    worker = place.worker("--concurrency", "2")
    place.ask("enqueue", "probe.quick", 0, 12, 0.1)
    place.until_done(12)

    held = [_sockets(pid) for pid in (worker.pid, *worker.children())]

    assert len(held) == 3
    assert held[1] & held[2] == set()


def _sockets(pid: int) -> set[str]:
    """Return the TCP connections of a process that were opened by it or handed down to it."""
    return {
        str(link.readlink())
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if "socket:" in str(link.readlink())
    }
