"""Two lanes: whoever waits comes first, and neither lane keeps the other waiting for ever."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from biologidex.core import jobs
from biologidex.core.jobs import heartbeat, lease, queue, registry, runner, sweeper
from biologidex.core.jobs.threads import Workers
from biologidex.core.models import Job

pytestmark = pytest.mark.django_db(transaction=True)
rung: list[Job] = []
broker_is_down = False


def ring(job: Job) -> bool:
    """Be the doorbell of these tests."""
    if broker_is_down:
        return False
    rung.append(job)
    return True


@pytest.fixture(autouse=True)
def done(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    """Have work in each lane whose order is kept, and nothing that runs by itself."""
    monkeypatch.setattr(registry, "tasks", dict(registry.tasks))
    monkeypatch.setattr(runner, "tasks", registry.tasks)
    settings.JOBS_DOORBELL, settings.DAILY_WORK = f"{__name__}.ring", ()
    monkeypatch.setattr(sweeper, "import_string", lambda _: ring)
    monkeypatch.setattr(queue, "import_string", lambda _: lambda job: None)
    order: list[str] = []
    jobs.task("test.quick", lane=jobs.Lane.INTERACTIVE)(lambda claim: order.append("quick"))
    jobs.task("test.long")(lambda claim: order.append("long"))
    rung.clear()
    return order


def _enqueue(name: str, count: int) -> None:
    for _ in range(count):
        jobs.enqueue(name)


def _set_rung(**ago: float) -> None:
    Job.objects.update(rung_at=timezone.now() - timedelta(**ago) if ago else None)


NOTHING_WAITS = {"interactive": 0, "bulk": 0}


@pytest.fixture
def workers() -> Iterator[list[Workers]]:
    running: list[Workers] = []
    yield running
    for one in running:
        one.stop(patience=5)


def _work_until_all_is_done(workers: list[Workers], count: int, total: int) -> None:
    workers.append(Workers(count))
    workers[0].start()
    for _ in range(200):
        if Job.objects.filter(state=Job.State.DONE).count() == total:
            return
        threading.Event().wait(0.05)
    raise AssertionError("The work was not done.")


@pytest.mark.slow
def test_one_thread_serves_people_first_and_lets_bulk_have_every_fifth_turn(
    done: list[str], workers: list[Workers]
) -> None:
    _enqueue("test.long", 5)
    _enqueue("test.quick", 12)

    _work_until_all_is_done(workers, 1, 17)

    assert done[:15] == (["quick"] * 4 + ["long"]) * 3
    assert sorted(done[15:]) == ["long", "long"]


@pytest.mark.slow
def test_of_several_threads_one_is_kept_for_people(workers: list[Workers]) -> None:
    held = threading.Event()
    answered = threading.Event()
    jobs.task("test.endless")(lambda claim: held.wait(10) and None)
    jobs.task("test.person", lane=jobs.Lane.INTERACTIVE)(lambda claim: answered.set())
    _enqueue("test.endless", 4)
    workers.append(Workers(3))
    workers[0].start()

    threading.Event().wait(0.5)
    jobs.enqueue("test.person")

    assert answered.wait(5)
    held.set()


def test_work_knows_its_lane_from_the_moment_it_is_asked_for() -> None:
    for name in ("test.quick", "test.long", "test.unknown"):
        jobs.enqueue(name)

    assert dict(Job.objects.values_list("name", "lane")) == {
        "test.quick": "interactive",
        "test.long": "bulk",
        "test.unknown": "bulk",
    }


def test_whoever_is_told_of_one_job_does_that_one_and_only_if_it_is_due(done: list[str]) -> None:
    _enqueue("test.long", 2)
    first, second = Job.objects.order_by("run_after")

    assert runner.run_one(pk=second.pk)
    assert not runner.run_one(pk=second.pk)

    assert Job.objects.get(state=Job.State.QUEUED) == first
    assert done == ["long"]


def test_work_that_is_cut_off_counts_as_an_attempt_and_is_tried_again() -> None:
    class Over(Exception):
        pass

    def long(claim: jobs.Claim) -> None:
        raise Over

    jobs.task("test.cut", seconds=1)(long)
    jobs.enqueue("test.cut")

    assert runner.run_one(cut_off=(Over,))

    job = Job.objects.get()
    assert (job.state, job.attempts, job.error) == (Job.State.QUEUED, 1, "took too long")
    assert job.run_after > timezone.now()


def test_no_task_may_take_longer_than_a_message_stays_away() -> None:
    with pytest.raises(ValueError, match="1800 seconds at most"):
        jobs.task("test.endless", seconds=1801)(lambda claim: None)


def test_work_that_was_rung_for_a_moment_ago_is_left_alone() -> None:
    _enqueue("test.long", 3)

    assert sweeper.sweep(waiting=NOTHING_WAITS) == 0


def test_work_whose_message_must_be_lost_is_rung_for_and_then_left_alone_again() -> None:
    _enqueue("test.long", 3)
    _set_rung(seconds=6)

    assert sweeper.sweep(waiting=NOTHING_WAITS) == 3
    assert sweeper.sweep(waiting=NOTHING_WAITS) == 0
    assert {job.pk for job in rung} == set(Job.objects.values_list("pk", flat=True))


def test_while_a_line_is_long_its_messages_are_not_doubled() -> None:
    _enqueue("test.long", 3)
    _set_rung(seconds=60)

    assert sweeper.sweep(waiting={"interactive": 0, "bulk": sweeper.WAITING_IS_FINE}) == 0
    assert sweeper.sweep(waiting={"interactive": 0, "bulk": sweeper.WAITING_IS_FINE - 2}) == 2


def test_work_to_be_tried_again_is_rung_for_when_its_time_has_come_however_long_the_line() -> None:
    _enqueue("test.long", 1)
    claim = queue.claim()
    assert claim
    claim.put_back(after=timedelta(seconds=30), reason="busy")
    long = {"interactive": 9999, "bulk": 9999}

    assert sweeper.sweep(waiting=long) == 0
    Job.objects.update(run_after=timezone.now() - timedelta(seconds=1))
    assert sweeper.sweep(waiting=long) == 1


def test_work_in_hand_is_rung_for_only_when_its_worker_fell_silent() -> None:
    _enqueue("test.long", 1)
    assert queue.claim()

    assert sweeper.sweep(waiting=NOTHING_WAITS) == 0
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweeper.sweep(waiting=NOTHING_WAITS) == 1


def test_while_nobody_hears_everything_stays_to_be_rung_for(monkeypatch: pytest.MonkeyPatch) -> None:
    _enqueue("test.long", 3)
    _set_rung()
    monkeypatch.setattr(f"{__name__}.broker_is_down", True)

    assert sweeper.sweep(waiting=NOTHING_WAITS) == 0
    monkeypatch.setattr(f"{__name__}.broker_is_down", False)
    assert sweeper.sweep(waiting=NOTHING_WAITS) == 3


def test_one_at_a_time_holds_a_lease_until_it_lets_go_or_falls_silent() -> None:
    ann, bob = Job().pk, Job().pk

    assert lease.hold("test", holder=ann, seconds=60)
    assert lease.hold("test", holder=ann, seconds=0.0)
    threading.Event().wait(0.01)
    assert lease.hold("test", holder=bob, seconds=60)
    assert not lease.hold("test", holder=ann, seconds=60)
    lease.release("test", holder=ann)
    assert not lease.hold("test", holder=ann, seconds=60)
    lease.release("test", holder=bob)
    assert lease.hold("test", holder=ann, seconds=60)


def test_whoever_gave_a_sign_of_life_lately_is_alive() -> None:
    heartbeat.beat("one@here")
    heartbeat.beat("other@here")

    assert heartbeat.alive(10) == ["one@here", "other@here"]
    threading.Event().wait(0.02)
    assert heartbeat.alive(0.01) == []
