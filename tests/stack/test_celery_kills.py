"""Whatever is killed, restarted or emptied: every piece of work is done, and has its effect once."""

import os
import signal
import time

import httpx2 as httpx
import pytest

from stack import redis_servers
from stack.workplace import Workplace, eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(redis_servers.program() is None, reason="apt install redis-tools"),
]


def begun(place: Workplace) -> list[str]:
    """Return the numbers of work in the order in which it was begun, and in which process."""
    return place.begun.read_text().splitlines() if place.begun.exists() else []


def test_work_of_a_killed_worker_is_done_by_another(place: Workplace) -> None:
    place.start("beat")
    first = place.worker()
    place.ask("enqueue", "probe.bulk", 0, 4, 0.8)
    eventually(lambda: len(begun(place)) >= 2)

    first.kill()
    place.worker()
    place.until_done(4)

    assert place.ask("effects") == [0, 1, 2, 3]
    assert max(attempts for _, _, attempts, _ in place.ask("jobs")) == 2


def test_work_of_a_killed_process_of_the_pool_is_done_by_another(place: Workplace) -> None:
    place.start("beat")
    place.worker()
    place.ask("enqueue", "probe.bulk", 0, 4, 0.8)
    eventually(lambda: len(begun(place)) >= 1)

    os.kill(int(begun(place)[0].split()[1]), signal.SIGKILL)
    place.until_done(4)

    assert place.ask("effects") == [0, 1, 2, 3]
    assert max(attempts for _, _, attempts, _ in place.ask("jobs")) == 2


def test_a_worker_that_is_stopped_ends_the_work_in_hand(place: Workplace) -> None:
    worker = place.worker()
    place.ask("enqueue", "probe.bulk", 0, 2, 1.5)
    eventually(lambda: len(begun(place)) == 2)

    status = worker.stop()

    assert status == 0
    assert place.ask("effects") == [0, 1]
    assert place.ask("states") == {"done": 2}
    assert "shutdown" not in worker.log.read_text(), "it was told past the log"


def test_work_that_does_not_end_in_time_is_cut_off_and_done_by_another(place: Workplace) -> None:
    worker = place.start("worker", BIOLOGIDEX_WORKER_GRACE="1").wait_until_it_says(" ready.")
    place.ask("enqueue_plain", "probe.endless", number=3)
    eventually(lambda: len(begun(place)) == 1)

    worker.stop(within=30)  # by itself it would end after a minute
    place.start("beat")
    place.worker()
    place.until_done(1)

    assert place.ask("effects") == [3]


def test_a_broker_that_is_restarted_and_killed_under_load_loses_and_doubles_nothing(place: Workplace) -> None:
    place.start("beat")
    place.worker()

    for number in range(10):
        slowest = place.ask("enqueue", "probe.quick", 30 * number, 30, 0.005)
        assert slowest < 1
        if number == 3:
            place.broker.stop()
            place.broker.start()
        if number == 6:
            place.broker.kill()
            place.ask("enqueue", "probe.quick", 300, 20, 0)
            place.broker.start()

    place.until_done(320)
    assert place.ask("effects") == list(range(320))


def test_what_was_in_a_broker_that_lost_everything_is_rung_for_again(place: Workplace) -> None:
    place.ask("enqueue", "probe.bulk", 0, 15, 0)
    place.ask("enqueue", "probe.quick", 15, 15, 0)
    place.broker.admin().flushall()

    place.start("beat")
    place.worker()
    place.until_done(30)

    assert place.ask("effects") == list(range(30))


def test_messages_outlive_a_killed_broker(place: Workplace) -> None:
    place.ask("enqueue", "probe.bulk", 0, 40, 0)
    time.sleep(1.2)  # it writes every second

    place.broker.kill()
    place.broker.start()

    assert place.broker.admin().llen("bulk") == 40
    place.worker()  # and no beat, which would ring again
    place.until_done(40)
    assert place.ask("effects") == list(range(40))


def test_a_message_that_comes_twice_does_the_work_once(place: Workplace) -> None:
    place.ask("enqueue", "probe.bulk", 0, 5, 0.2)
    queue = place.broker.admin()
    for message in queue.lrange("bulk", 0, -1):
        queue.lpush("bulk", message)

    place.worker()
    eventually(lambda: queue.llen("bulk") == 0)
    place.until_done(5)

    assert place.ask("effects") == [0, 1, 2, 3, 4]


def test_a_request_is_answered_without_a_broker_and_its_work_is_done_once_it_is_back(
    place: Workplace,
) -> None:
    address = f"{place.web()}/api/v1/auth/password/reset/"
    place.broker.kill()

    took = []
    with httpx.Client(timeout=30) as client:
        for _ in range(5):
            asked = time.monotonic()
            answer = client.post(address, json={"email": "ann@example.org"})
            took.append(time.monotonic() - asked)
            assert answer.status_code == 202
    place.broker.start()
    place.start("beat")
    place.worker()

    assert sorted(took)[3] < 0.5
    place.until_done(5)


def test_a_broker_that_takes_connections_and_says_nothing_holds_up_one_request_for_half_a_second(
    place: Workplace,
) -> None:
    place.ask("enqueue", "probe.quick", 0, 1, 0)  # while all is well: this connection is kept
    place.broker.pause()

    first = place.ask("enqueue", "probe.quick", 1, 1, 0)
    others = place.ask("enqueue", "probe.quick", 2, 8, 0)
    place.broker.resume()

    assert first < 1
    assert others < 0.3
    place.start("beat")
    place.worker()
    place.until_done(10)
