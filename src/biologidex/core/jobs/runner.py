"""The only executor of work, whoever rings."""

import logging
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import connection

from biologidex.core import identity, metrics
from biologidex.core.jobs import queue
from biologidex.core.jobs.queue import Claim, ClaimLost
from biologidex.core.jobs.registry import Retry, Task, tasks
from biologidex.core.logging import working_on

log = logging.getLogger(__name__)
LONGEST_WAIT = 300.0


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


def _work(claim: Claim, task: Task) -> None:
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


def run_one() -> bool:
    """Do the job that is due longest. False if there was none."""
    claim = queue.claim()
    if claim is None:
        return False
    task = tasks.get(claim.job.name)
    if task is None:
        log.error("nobody knows the work %s", claim.job.name)
        claim.bury(reason="unknown work")
        return True
    with working_on(claim.job.pk, asked_by=claim.job.request_id):
        try:
            with identity.everything(), _heartbeat(claim), metrics.work_in_hand(task.name):
                _work(claim, task)
        except ClaimLost:
            log.warning(
                "job %s %s went to another worker; its result here is dropped", task.name, claim.job.pk
            )
    return True


def run_due() -> None:
    """Do everything that is due, here and now: the doorbell of the `inline` backend."""
    while run_one():
        pass
