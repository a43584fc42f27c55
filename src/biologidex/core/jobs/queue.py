"""The rows: put work in, claim it, keep it, finish it. The same on SQLite and PostgreSQL."""

import logging
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.module_loading import import_string

from biologidex.core import tracing
from biologidex.core.jobs.registry import lane_of
from biologidex.core.logging import current_request_id
from biologidex.core.metrics import count_attempt
from biologidex.core.models import Job

log = logging.getLogger(__name__)


class ClaimLost(Exception):
    """Somebody else holds this job by now: whatever was done for it must not be kept."""


def enqueue(name: str, /, **arguments: Any) -> None:
    """Write the work into the queue, in the caller's transaction, and ring for it once that is committed."""
    now = timezone.now()
    job = Job.objects.create(
        name=name,
        arguments=arguments,
        lane=lane_of(name),
        run_after=now,
        rung_at=now,
        request_id=current_request_id(),
        traceparent=tracing.current(),
    )
    log.info("job %s %s enqueued", name, job.pk)
    transaction.on_commit(partial(import_string(settings.JOBS_DOORBELL), job))


class Claim:
    """The right to do one job, until the lease runs out or is renewed."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.token = job.token

    @property
    def _held(self) -> QuerySet[Job]:
        return Job.objects.filter(pk=self.job.pk, token=self.token, state=Job.State.RUNNING)

    def renew(self) -> bool:
        """Prolong the lease. False if it was lost."""
        return bool(self._held.update(lease_until=timezone.now() + settings.JOBS_LEASE))

    def finish(self) -> None:
        """Mark the job done. Call it in the effect's own transaction: ClaimLost undoes both."""
        ended = {"state": Job.State.DONE, "finished_at": timezone.now(), "lease_until": None, "error": ""}
        self._change("done", **ended)

    def put_back(self, *, after: timedelta, reason: str) -> None:
        """Let the job be tried again later, unless another has it by now."""
        later = {"state": Job.State.QUEUED, "run_after": timezone.now() + after, "lease_until": None}
        with suppress(ClaimLost):
            self._change("retry", **later, error=reason[:200])

    def bury(self, *, reason: str) -> None:
        """Mark the job as given up."""
        ended = {"state": Job.State.DEAD, "finished_at": timezone.now(), "lease_until": None}
        self._change("dead", **ended, error=reason[:200])

    def _change(self, outcome: str, **columns: Any) -> None:
        """Write what has become of the job, and count it. Raises ClaimLost if it is not ours any more."""
        is_ours = bool(self._held.update(**columns))
        count_attempt(self.job.name, outcome if is_ours else "lost")
        tracing.note("biologidex.outcome", outcome if is_ours else "lost")
        if not is_ours:
            raise ClaimLost

    def is_finished(self) -> bool:
        """Whether the work has finished the job itself."""
        return not self._held.exists()


def due(now: datetime) -> QuerySet[Job]:
    """Return the jobs that somebody should do now, the one that has waited longest first."""
    waiting = Q(state=Job.State.QUEUED, run_after__lte=now)
    abandoned = Q(state=Job.State.RUNNING, lease_until__lt=now)
    return Job.objects.filter(waiting | abandoned).order_by("run_after")


def claim(**which: Any) -> Claim | None:
    """Take the job that is due longest, of those with these fields, or None. Two callers never get the same one."""
    now = timezone.now()
    ours = due(now).filter(**which)
    if not ours.exists():  # outside a transaction: an idle worker must not hold SQLite's write lock
        return None
    with transaction.atomic():
        job = ours.select_for_update(skip_locked=True).first()
        if job is None:
            return None
        job.state = Job.State.RUNNING
        job.attempts += 1
        job.token = uuid.uuid4()
        job.lease_until = now + settings.JOBS_LEASE
        job.rung_at = None
        job.save(update_fields=["state", "attempts", "token", "lease_until", "rung_at"])
    return Claim(job)


@dataclass(frozen=True)
class Waiting:
    """What is due and not in hand: how many jobs of each name, and since how many seconds the longest has been."""

    by_name: dict[str, int]
    oldest_seconds: float


def waiting() -> Waiting:
    """Look at what is due."""
    now = timezone.now()
    by_name = dict(due(now).order_by().values_list("name").annotate(Count("pk")))
    oldest = due(now).order_by().aggregate(since=Min(Coalesce("lease_until", "run_after")))["since"]
    return Waiting(by_name, max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)


def release_orphans() -> int:
    """Make every claimed job due at once. Only for a process that knows itself to be the only worker."""
    return Job.objects.filter(state=Job.State.RUNNING).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )


def sweep(*, keep: timedelta) -> int:
    """Delete jobs that ended longer ago than `keep`."""
    ended = Job.objects.filter(finished_at__lt=timezone.now() - keep)
    return ended.delete()[0]


def forget(**arguments: Any) -> None:
    """Delete every job with these arguments, whatever has become of it: what it is about is to be forgotten."""
    Job.objects.filter(**{f"arguments__{name}": value for name, value in arguments.items()}).delete()
