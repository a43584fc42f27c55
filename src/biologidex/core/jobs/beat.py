"""Celery's beat without a file: of however many are started, one does what is to be done again and again."""

import logging
import uuid
from typing import Any

from celery import beat
from django.db import DatabaseError, close_old_connections, connection

from biologidex.core.jobs import heartbeat, lease

log = logging.getLogger(__name__)
LEASE = "beat"
LEASE_SECONDS = 6.0  # after which another takes over from one that was killed
LOOK = 1.0


class Scheduler(beat.Scheduler):
    """Does what is due here and now, as long as it holds the lease. It needs neither broker nor worker for that."""

    max_interval = LOOK
    producer = None  # the base class would wait here for a broker that is down

    def __init__(self, *args: Any, **options: Any) -> None:
        self._me = uuid.uuid4()
        self._holds = False
        super().__init__(*args, **options)

    def setup_schedule(self) -> None:
        """Take the entries from the settings, all due at once: what was done when is known by the rows of past work."""
        self.update_from_dict(self.app.conf.beat_schedule)
        for entry in self.schedule.values():
            entry.last_run_at -= entry.schedule.run_every

    def tick(self, **options: Any) -> float:
        """Do one thing that is due. Returns the seconds until the next look."""
        heartbeat.show()  # one that waits for its turn is well too
        try:
            close_old_connections()
            held = lease.hold(LEASE, holder=self._me, seconds=LEASE_SECONDS)
        except DatabaseError:
            log.exception("the lease of the scheduler cannot be read")
            connection.close()
            held = False
        if held != self._holds:
            log.info("this scheduler is %s", "at work" if held else "waiting for its turn")
            self._holds = held
        if not held:
            return LOOK
        heartbeat.beat(heartbeat.name_of("beat"))
        wait: float = super().tick(**options)
        return min(wait, LOOK)

    def apply_entry(self, entry: Any, producer: None = None) -> None:  # noqa: ARG002 -- the base class passes it
        """Do it."""
        try:
            self.app.tasks[entry.task]()
        except Exception:
            # The last stop: whatever goes wrong in one entry must not end the others.
            log.exception("%s failed", entry.task)
            connection.close()

    def close(self) -> None:
        """Let another take over at once."""
        if self._holds:
            lease.release(LEASE, holder=self._me)
        super().close()
