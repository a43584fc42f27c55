"""Celery as the doorbell: a message names a row, and whoever gets it does that row if it is due, else nothing.

A message that is lost, late or doubled does no harm: the row is the work, and the sweeper rings again.
"""

import logging
import time
from functools import cache
from typing import Any
from uuid import UUID

from billiard.exceptions import SoftTimeLimitExceeded
from celery import current_app, shared_task
from kombu.connection import Connection
from kombu.exceptions import ChannelError, LimitExceeded, OperationalError
from kombu.messaging import Producer
from kombu.pools import ProducerPool, producers
from redis.exceptions import RedisError

from biologidex.core.jobs import runner, schedule, sweeper
from biologidex.core.jobs.registry import tasks
from biologidex.core.models import Job

log = logging.getLogger(__name__)
PATIENCE = 0.5  # seconds to wait for the broker
PAUSE = 2.0  # seconds for which nobody rings: many who wait for a silent host would take all threads
KILL_AFTER = 30  # seconds that interrupted work has to end by itself
RUN_JOB, SWEEP, DAILY = "core.run_job", "core.sweep", "core.enqueue_daily"
UNREACHABLE = (OperationalError, LimitExceeded, RedisError, OSError)


class _Bell:
    """Whether it is worth ringing, for all threads of this process."""

    silent_until = 0.0


def ring(job: Job) -> bool:
    """Tell the workers of the job's lane about it. False, and soon, if the broker does not answer."""
    if time.monotonic() < _Bell.silent_until:
        return False
    try:
        with _producers().acquire(block=True, timeout=PATIENCE) as producer:
            _send(job, producer)
    except UNREACHABLE as error:
        _Bell.silent_until = time.monotonic() + PAUSE
        log.warning("the broker cannot be reached: work waits for the sweeper (%s)", type(error).__name__)
        return False
    return True


def _send(job: Job, producer: Producer) -> None:
    seconds = tasks[job.name].seconds if job.name in tasks else KILL_AFTER
    current_app.send_task(
        RUN_JOB,
        (str(job.pk),),
        queue=job.lane,
        soft_time_limit=seconds,
        time_limit=seconds + KILL_AFTER,
        ignore_result=True,
        retry=False,
        producer=producer,
    )


def _impatient() -> Connection:
    """Return a connection that gives up soon and tries once: somebody waits for an answer."""
    limits = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE, "max_retries": 0}
    connection: Connection = current_app.connection_for_write(transport_options=limits)
    return connection


@cache
def _producers() -> ProducerPool:
    """Return the connections of this process: as many at once as threads ask for, within reason."""
    pool: ProducerPool = producers[_impatient()]
    return pool


@shared_task(name=RUN_JOB)
def run_job(job_id: str) -> None:
    """Do this job if it is due."""
    runner.run_one(pk=UUID(job_id), cut_off=(SoftTimeLimitExceeded,))


@shared_task(name=SWEEP)
def sweep() -> None:
    """Ring again where that is needed. Done by the scheduler itself, however busy the workers are."""
    try:
        with _impatient() as broker:
            lines = {lane: _length(broker.default_channel, lane) for lane in Job.Lane.values}
    except UNREACHABLE as error:
        log.warning("the broker cannot be reached: nothing is rung for (%s)", type(error).__name__)
        return
    if rung := sweeper.sweep(waiting=lines):
        log.info("rang again for %d jobs", rung)


def _length(channel: Any, lane: str) -> int:
    try:
        length: int = channel.queue_declare(lane, passive=True).message_count
    except ChannelError:  # for Redis a queue with nothing in it does not exist
        return 0
    return length


@shared_task(name=DAILY)
def enqueue_daily() -> None:
    """Enqueue what is done once a day."""
    schedule.enqueue_daily()
