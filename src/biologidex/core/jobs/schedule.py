"""Work that is done once a day, by itself. The rows of past work are the calendar: nothing else is kept."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from biologidex.core.jobs.queue import enqueue
from biologidex.core.models import Job

DAY = timedelta(hours=24)


def enqueue_daily() -> None:
    """Enqueue what DAILY_WORK names and nobody has enqueued for a day. Asking often does no harm."""
    recent = set(Job.objects.filter(created_at__gt=timezone.now() - DAY).values_list("name", flat=True))
    for name in settings.DAILY_WORK:
        if name not in recent:
            with transaction.atomic():
                enqueue(name)
