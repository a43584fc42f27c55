"""The product with work whose effects can be counted: `python background.py worker` is `biologidex worker`.

    python background.py clerk      reads requests from the standard input, one JSON list a line, and answers each

The effects of work are rows of a table of its own, written in the transaction that ends the job.
"""

import json
import os
import sys
import time
from collections import Counter
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "biologidex.config.settings"
django.setup()

from django.conf import settings  # noqa: E402 -- after the setup
from django.db import connection, transaction  # noqa: E402

from biologidex.config.cli import main  # noqa: E402
from biologidex.core import jobs  # noqa: E402
from biologidex.core.jobs import heartbeat  # noqa: E402
from biologidex.core.jobs.threads import Workers  # noqa: E402
from biologidex.core.models import Job  # noqa: E402

settings.DAILY_WORK = tuple(os.environ.get("PROBE_DAILY", "").split())


def _effect(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO probe_effects (number) VALUES (%s)", [number])


def _begun(number: int) -> None:
    with (settings.DATA_DIR / "begun").open("a") as file:
        file.write(f"{number} {os.getpid()}\n")


def _work(claim: jobs.Claim, *, number: int, seconds: float = 0) -> None:
    """Take so long, then have an effect, in the same transaction as the end of the job."""
    _begun(number)
    time.sleep(seconds)
    with transaction.atomic():
        _effect(number)
        claim.finish()


jobs.task("probe.quick", lane=jobs.Lane.INTERACTIVE)(_work)
jobs.task("probe.bulk")(_work)


@jobs.task("probe.endless", seconds=3, attempts=3)
def _endless(claim: jobs.Claim, *, number: int) -> None:
    """Take too long, but for the second time."""
    _begun(number)
    time.sleep(60 if claim.job.attempts == 1 else 0)
    _effect(number)


@jobs.task("probe.look", lane=jobs.Lane.INTERACTIVE)
def _look(claim: jobs.Claim, *, number: int) -> None:
    """Have an effect only if what was written after the enqueuing, in the same transaction, is there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM probe_effects WHERE number = %s", [number])
        if cursor.fetchone()[0] == 1:
            _effect(number)


class Clerk:
    """What can be asked for."""

    def setup(self) -> None:
        """Make the table."""
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS probe_effects (number integer NOT NULL)")

    def clear(self) -> None:
        """Forget all work."""
        Job.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM probe_effects")

    def enqueue(self, name: str, first: int, count: int, seconds: float) -> float:
        """Enqueue work with consecutive numbers, each in a transaction. Returns the seconds of the slowest."""
        slowest = 0.0
        for number in range(first, first + count):
            begun = time.monotonic()
            with transaction.atomic():
                jobs.enqueue(name, number=number, seconds=seconds)
            slowest = max(slowest, time.monotonic() - begun)
        return slowest

    def enqueue_plain(self, name: str, **arguments: Any) -> None:
        """Enqueue one piece of work."""
        with transaction.atomic():
            jobs.enqueue(name, **arguments)

    def enqueue_and_write(self, number: int, fails: bool) -> None:
        """Enqueue a look at what is written a moment later in the same transaction, which may fail."""
        with transaction.atomic():
            jobs.enqueue("probe.look", number=number)
            time.sleep(0.3)  # whoever were rung for too early would look now
            _effect(number)
            transaction.set_rollback(fails)

    def jobs(self) -> list[tuple[str, str, int, str]]:
        """Return all jobs: name, state, attempts, why it failed."""
        return list(Job.objects.order_by("created_at").values_list("name", "state", "attempts", "error"))

    def states(self) -> dict[str, int]:
        """Return how many jobs are in which state."""
        return dict(Counter(Job.objects.values_list("state", flat=True)))

    def effects(self) -> list[int]:
        """Return the numbers of all effects, doubled ones twice."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM probe_effects ORDER BY number")
            return [row[0] for row in cursor.fetchall()]

    def alive(self, within: float) -> list[str]:
        """Return who has given a sign of life."""
        return heartbeat.alive(within)


def clerk() -> None:
    """Answer until the input ends."""
    workers = Workers(settings.JOBS_THREADS if settings.JOBS_BACKEND == "threads" else 0)
    workers.start()
    for line in sys.stdin:
        what, arguments, named = json.loads(line)
        sys.stdout.write(json.dumps(getattr(Clerk(), what)(*arguments, **named)) + "\n")
        sys.stdout.flush()
    workers.stop(patience=5)


if __name__ == "__main__":
    if sys.argv[1] == "clerk":
        clerk()
    else:
        main()
