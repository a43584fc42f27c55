"""Workers of the embedded mode: threads in the server's own process."""

import itertools
import logging
import threading
import time

from django.db import DatabaseError, close_old_connections, connection

from biologidex.core.jobs import heartbeat, queue, runner, schedule
from biologidex.core.models import Job

log = logging.getLogger(__name__)
HOUR = 3600.0
bell = threading.Event()
INTERACTIVE, BULK = Job.Lane.INTERACTIVE, Job.Lane.BULK
# What a thread looks for, turn by turn. Every fifth turn is bulk's: people come first, but not for ever.
PEOPLE_ONLY = ((INTERACTIVE,),)
PEOPLE_FIRST = (*[(INTERACTIVE, BULK)] * 4, (BULK, INTERACTIVE))
Turns = tuple[tuple[Job.Lane, ...], ...]
IDLE = 1.0  # seconds between looks when nobody rings: retries and abandoned jobs become due silently


def ring(job: Job) -> None:  # noqa: ARG001 -- whoever wakes looks for what is most urgent
    """Wake a worker. A ring that nobody hears loses nothing: workers also look by themselves."""
    bell.set()


class Workers:
    """A few threads that do what is due until they are told to stop."""

    def __init__(self, count: int) -> None:
        self._over = threading.Event()
        self._calendar_due = time.monotonic()
        self._sign_due = time.monotonic()
        # Of several threads one is for people who wait: long work may take all the others.
        self._threads = [
            threading.Thread(
                target=self._loop,
                args=(PEOPLE_ONLY if number == 0 and count > 1 else PEOPLE_FIRST,),
                name=f"worker-{number}",
                daemon=True,
            )
            for number in range(count)
        ]

    def start(self) -> None:
        """Take back what a killed predecessor left, then work. Only for the data folder's only server."""
        if self._threads:
            queue.release_orphans()
        for thread in self._threads:
            thread.start()

    def stop(self, *, patience: float) -> None:
        """Let the jobs in hand end, for at most `patience` seconds."""
        self._over.set()
        bell.set()
        for thread in self._threads:
            thread.join(patience)

    def _look_at_the_calendar(self) -> None:
        """Enqueue daily work, at the start and then every hour, by whichever thread comes first."""
        now = time.monotonic()
        if now >= self._calendar_due:
            self._calendar_due = now + HOUR
            schedule.enqueue_daily()

    def _give_a_sign(self) -> None:
        now = time.monotonic()
        if now >= self._sign_due:
            self._sign_due = now + heartbeat.EVERY
            heartbeat.beat(heartbeat.name_of("threads"))

    def _loop(self, turns: Turns) -> None:
        for lanes in itertools.cycle(turns):
            if self._over.is_set():
                break
            try:
                bell.clear()
                self._give_a_sign()
                self._look_at_the_calendar()
                close_old_connections()  # no request ends here, so nobody else would notice a dead one
                if not any(runner.run_one(lane=lane) for lane in lanes):
                    bell.wait(IDLE)
            except DatabaseError:
                log.exception("the job queue cannot be read")
                connection.close()
                self._over.wait(IDLE)
        connection.close()
