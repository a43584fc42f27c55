"""Rings again for rows whose message was lost, whose time has come or whose worker fell silent."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from biologidex.core.jobs import queue
from biologidex.core.models import Job

log = logging.getLogger(__name__)
AT_ONCE = 500  # rows of one lane in one sweep
LONG_SILENCE = timedelta(seconds=5)  # after which a message that nobody followed may be lost
WAITING_IS_FINE = 200  # messages in a lane: as long as so many wait, it is the workers that are slow


def sweep(*, waiting: dict[str, int]) -> int:
    """Ring for what is due, given how many messages wait in each lane. Returns how often it rang.

    A row whose message was followed (it is to be tried again, or its worker died) is always rung for. One whose
    message may only be in line is rung for again only while the line is short, so duplicates cannot pile up.
    """
    now = timezone.now()
    rung = 0
    for lane in Job.Lane.values:
        due = queue.due(now).filter(lane=lane)
        rung += _ring(due.filter(rung_at=None)[:AT_ONCE])
        if waiting[lane] < WAITING_IS_FINE:
            room = WAITING_IS_FINE - waiting[lane]
            rung += _ring(due.filter(rung_at__lt=now - LONG_SILENCE)[:room])
    return rung


def _ring(due: QuerySet[Job]) -> int:
    """Ring for these until the doorbell says that nobody hears."""
    ring = import_string(settings.JOBS_DOORBELL)
    rung = []
    for job in due:
        if not ring(job):
            break
        rung.append(job.pk)
    # Not a job that somebody has claimed meanwhile: its message was followed.
    Job.objects.filter(pk__in=rung).exclude(state=Job.State.RUNNING, lease_until__gt=timezone.now()).update(
        rung_at=timezone.now()
    )
    return len(rung)
