"""Background work: nothing is lost, nothing is done twice, nobody waits for ever."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from biologidex.core import jobs
from biologidex.core.jobs import queue, registry, runner, schedule
from biologidex.core.jobs.threads import Workers
from biologidex.core.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_tasks(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Work that a test registers is forgotten after it, and nothing runs by itself."""
    monkeypatch.setattr(registry, "tasks", dict(registry.tasks))
    monkeypatch.setattr(runner, "tasks", registry.tasks)
    settings.JOBS_DOORBELL = "biologidex.core.jobs.threads.ring"


def _the_job() -> Job:
    return Job.objects.get()


def _make_due() -> None:
    Job.objects.update(run_after=timezone.now() - timedelta(seconds=1))


def _let_lease_expire() -> None:
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


def test_enqueued_work_is_done_with_its_arguments() -> None:
    seen: list[str] = []
    jobs.task("test.greet")(lambda claim, name: seen.append(name))

    jobs.enqueue("test.greet", name="Ann")
    assert runner.run_one()

    assert seen == ["Ann"]
    assert _the_job().state == Job.State.DONE
    assert not runner.run_one()


def test_work_of_a_transaction_that_failed_never_existed() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.enqueue("test.greet", name="Ann")
        raise RuntimeError

    assert not Job.objects.exists()


def test_failed_work_is_tried_again_later_and_not_at_once() -> None:
    attempts: list[int] = []

    @jobs.task("test.flaky")
    def flaky(claim: jobs.Claim) -> None:
        attempts.append(claim.job.attempts)
        if len(attempts) < 2:
            raise jobs.Retry("busy", after=60)

    jobs.enqueue("test.flaky")
    assert runner.run_one()
    assert not runner.run_one()
    _make_due()
    assert runner.run_one()

    assert attempts == [1, 2]
    assert _the_job().state == Job.State.DONE


def test_after_the_last_attempt_the_work_is_given_up_with_the_reason() -> None:
    given_up: list[str] = []

    @jobs.task("test.hopeless", attempts=2, give_up=lambda claim, reason: given_up.append(reason))
    def hopeless(claim: jobs.Claim) -> None:
        raise jobs.Retry("no_luck")

    jobs.enqueue("test.hopeless")
    for _ in range(2):
        assert runner.run_one()
        _make_due()

    assert given_up == ["no_luck"]
    assert (_the_job().state, _the_job().error) == (Job.State.DEAD, "no_luck")


def test_work_of_a_killed_worker_is_taken_over_when_its_lease_ends() -> None:
    jobs.task("test.greet")(lambda claim: None)
    jobs.enqueue("test.greet")
    assert queue.claim()
    assert queue.claim() is None

    _let_lease_expire()

    assert runner.run_one()
    assert _the_job().attempts == 2


def test_a_worker_that_lost_its_claim_cannot_keep_its_effect() -> None:
    jobs.enqueue("test.greet")
    slow = queue.claim()
    assert slow
    _let_lease_expire()
    quick = queue.claim()
    assert quick
    quick.finish()

    with pytest.raises(jobs.ClaimLost), transaction.atomic():
        jobs.enqueue("test.effect")
        slow.finish()

    assert not Job.objects.filter(name="test.effect").exists()
    assert not slow.renew()


def test_work_that_kills_its_worker_every_time_is_given_up() -> None:
    given_up: list[str] = []
    jobs.task("test.deadly", attempts=2, give_up=lambda claim, reason: given_up.append(reason))(
        lambda claim: None
    )
    jobs.enqueue("test.deadly")
    for _ in range(2):
        assert queue.claim()
        _let_lease_expire()

    assert runner.run_one()

    assert given_up == ["interrupted"]
    assert _the_job().state == Job.State.DEAD


def test_a_new_server_takes_back_what_a_killed_one_left_at_once() -> None:
    jobs.enqueue("test.greet")
    assert queue.claim()

    assert queue.release_orphans() == 1

    assert queue.claim()


def test_work_that_nobody_knows_is_buried_and_does_not_block_the_rest() -> None:
    jobs.task("test.greet")(lambda claim: None)
    jobs.enqueue("test.unknown")
    jobs.enqueue("test.greet")

    assert runner.run_one()
    assert runner.run_one()

    assert set(Job.objects.values_list("name", "state")) == {("test.unknown", "dead"), ("test.greet", "done")}


def test_ended_work_is_swept_after_its_time() -> None:
    jobs.task("test.greet")(lambda claim: None)
    jobs.enqueue("test.greet")
    runner.run_due()

    assert queue.sweep(keep=timedelta(days=1)) == 0
    Job.objects.update(finished_at=timezone.now() - timedelta(days=2))
    assert queue.sweep(keep=timedelta(days=1)) == 1


def test_daily_work_is_enqueued_once_a_day(settings: Any) -> None:
    settings.DAILY_WORK = ("test.daily",)

    schedule.enqueue_daily()
    schedule.enqueue_daily()
    assert Job.objects.count() == 1
    Job.objects.update(created_at=timezone.now() - timedelta(hours=25))
    schedule.enqueue_daily()

    assert Job.objects.count() == 2


def test_all_daily_work_is_known_and_runs(settings: Any) -> None:
    schedule.enqueue_daily()
    runner.run_due()

    assert set(Job.objects.values_list("name", "state")) == {(name, "done") for name in settings.DAILY_WORK}


@pytest.fixture
def workers() -> Iterator[Workers]:
    running = Workers(4)
    yield running
    running.stop(patience=5)


@pytest.mark.slow
def test_several_workers_share_the_work_and_do_each_piece_once(settings: Any, workers: Workers) -> None:
    settings.DAILY_WORK = ()
    done: list[int] = []
    all_done = threading.Event()

    @jobs.task("test.count")
    def count(claim: jobs.Claim, number: int) -> None:
        done.append(number)
        if len(done) == 30:
            all_done.set()

    for number in range(30):
        jobs.enqueue("test.count", number=number)
    workers.start()

    assert all_done.wait(20)
    workers.stop(patience=5)
    assert sorted(done) == list(range(30))
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}


@pytest.mark.slow
def test_long_work_keeps_its_claim_by_its_heartbeat(settings: Any, workers: Workers) -> None:
    settings.JOBS_LEASE = timedelta(seconds=0.6)
    settings.DAILY_WORK = ()
    began: list[int] = []
    finished = threading.Event()

    @jobs.task("test.long")
    def long(claim: jobs.Claim) -> None:
        began.append(1)
        finished.wait(1.5)

    jobs.enqueue("test.long")
    workers.start()
    threading.Event().wait(2.0)
    finished.set()
    workers.stop(patience=5)

    assert began == [1]
    assert _the_job().state == Job.State.DONE
    connection.close()
