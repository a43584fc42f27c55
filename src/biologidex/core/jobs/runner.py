"""The only executor of work, whoever rings."""

import logging
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from biologidex.core import identity, metrics, tracing
from biologidex.core.jobs import queue
from biologidex.core.jobs.queue import Claim, ClaimLost
from biologidex.core.jobs.registry import Retry, Task, tasks
from biologidex.core.logging import working_on
from biologidex.core.models import Job

log = logging.getLogger(__name__)
LONGEST_WAIT = 300.0
Interruption = tuple[type[Exception], ...]


@contextmanager
def _heartbeat(claim: Claim) -> Iterator[None]:
    """Renew the lease while the block runs, from a thread of its own."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(settings.JOBS_LEASE.total_seconds() / 3) and claim.renew():
            pass
        connection.close()

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()


def _backoff(attempt: int) -> timedelta:
    return timedelta(seconds=min(LONGEST_WAIT, 2.0**attempt) * random.uniform(0.5, 1))  # noqa: S311 -- not a secret


def _failed(claim: Claim, task: Task, error: Exception) -> None:
    """Try again later, or give up after the last attempt."""
    job = claim.job
    if job.attempts < task.attempts:
        after = (
            timedelta(seconds=error.after)
            if isinstance(error, Retry) and error.after
            else _backoff(job.attempts)
        )
        claim.put_back(after=after, reason=str(error) or type(error).__name__)
        return
    reason = str(error) or type(error).__name__
    if task.give_up:
        task.give_up(claim, reason, **job.arguments)
    if not claim.is_finished():
        claim.bury(reason=reason)


def _work(claim: Claim, task: Task, cut_off: Interruption) -> None:
    job = claim.job
    if job.attempts > task.attempts:  # every attempt ended with the death of its process
        _failed(claim, task, RuntimeError("interrupted"))
        return
    try:
        task.work(claim, **job.arguments)
        if not claim.is_finished():
            claim.finish()
        log.info("job %s %s ended at attempt %d", job.name, job.pk, job.attempts)
    except ClaimLost:
        raise
    except cut_off:
        log.warning("job %s %s took longer than %d s", job.name, job.pk, task.seconds)
        _failed(claim, task, Retry("took too long"))
    except Exception as error:
        # The last stop of a worker: whatever goes wrong in one job must not end the others.
        log.log(
            logging.INFO if isinstance(error, Retry) else logging.ERROR,
            "job %s %s failed at attempt %d",
            job.name,
            job.pk,
            job.attempts,
            exc_info=not isinstance(error, Retry),
        )
        _failed(claim, task, error)


def run_one(*, cut_off: Interruption = (), **which: Any) -> bool:
    """Do the job that is due longest, of those with these fields. False if there was none.

    `cut_off` is what this kind of worker interrupts work with that takes too long.
    """
    claim = queue.claim(**which)
    if claim is None:
        return False
    _carry_out(claim, cut_off)
    return True


def _carry_out(claim: Claim, cut_off: Interruption) -> None:
    task = tasks.get(claim.job.name)
    if task is None:
        log.error("nobody knows the work %s", claim.job.name)
        claim.bury(reason="unknown work")
        return
    with working_on(claim.job.pk, asked_by=claim.job.request_id), tracing.of_job(claim.job):
        try:
            with identity.everything(), _heartbeat(claim), metrics.work_in_hand(task.name):
                _work(claim, task, cut_off)
        except ClaimLost:
            log.warning(
                "job %s %s went to another worker; its result here is dropped", task.name, claim.job.pk
            )


def run_due(job: Job | None = None) -> None:  # noqa: ARG001 -- with one job, all that is due gets done
    """Do everything that is due, here and now: the doorbell of the `inline` backend."""
    while run_one():
        pass
