"""Workers of the embedded mode: threads in the server's own process."""

import logging
import threading
import time

from django.db import DatabaseError, close_old_connections, connection

from biologidex.core.jobs import queue, runner, schedule

log = logging.getLogger(__name__)
HOUR = 3600.0
bell = threading.Event()
IDLE = 1.0  # seconds between looks when nobody rings: retries and abandoned jobs become due silently


def ring() -> None:
    """Wake a worker. A ring that nobody hears loses nothing: workers also look by themselves."""
    bell.set()


class Workers:
    """A few threads that do what is due until they are told to stop."""

    def __init__(self, count: int) -> None:
        self._over = threading.Event()
        self._calendar_due = time.monotonic()
        self._threads = [
            threading.Thread(target=self._loop, name=f"worker-{number}", daemon=True)
            for number in range(count)
        ]

    def start(self) -> None:
        """Take back what a killed predecessor left, then work. Only for the data folder's only server."""
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

    def _loop(self) -> None:
        while not self._over.is_set():
            try:
                bell.clear()
                self._look_at_the_calendar()
                close_old_connections()  # no request ends here, so nobody else would notice a dead one
                if not runner.run_one():
                    bell.wait(IDLE)
            except DatabaseError:
                log.exception("the job queue cannot be read")
                connection.close()
                self._over.wait(IDLE)
        connection.close()
