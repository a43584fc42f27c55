"""Background work: the queue, and who may do what only one process may do at a time. And what staff have done."""

import uuid
from datetime import datetime
from typing import Any

from django.db import models


class Job(models.Model):
    """A piece of work that must happen once. The row is the queue; whatever rings is only a doorbell."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        DEAD = "dead"

    class Lane(models.TextChoices):
        """Who waits for it: a person with the page open, or nobody."""

        INTERACTIVE = "interactive"
        BULK = "bulk"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    arguments = models.JSONField(default=dict)
    lane = models.CharField(max_length=11, choices=Lane.choices, default=Lane.BULK, db_default=Lane.BULK)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField()
    rung_at = models.DateTimeField(null=True)  # when a message went out that nobody has followed yet
    lease_until = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)
    error = models.CharField(max_length=200, blank=True)
    # Of whoever enqueued it, so that one search of the logs, or one trace, shows the request and its work.
    request_id = models.CharField(max_length=64, blank=True)
    traceparent = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "run_after"], name="job_due")]


class Lease(models.Model):
    """What one process at a time may do, for as long as it says that it is alive."""

    name = models.CharField(primary_key=True, max_length=40)
    holder = models.UUIDField()
    until = models.DateTimeField()


class Edition(models.Model):
    """A mark that is another one after each change of something that everybody shares (see `core.editions`)."""

    name = models.CharField(primary_key=True, max_length=40)
    mark = models.UUIDField(default=uuid.uuid4)


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """What was done. Nobody changes or deletes it, until it is old: the database refuses that by itself."""

    def of_staff(self) -> "AuditQuerySet":
        """Keep what staff have done as such, which has a reason: what people do with what is theirs has none."""
        return self.exclude(reason="")

    def forget(self, *, before: datetime) -> int:
        """Delete what is older than this, and say how much that was. The database lets nothing go that is young."""
        return models.QuerySet.delete(self.filter(at__lt=before))[0]

    def update(self, **_: Any) -> int:
        """Refuse."""
        raise TypeError(NEVER_CHANGES)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise TypeError(NEVER_CHANGES)


class AuditEntry(models.Model):
    """One thing that somebody did: who, what, when, to what, and why if they did it as staff.

    It holds ids and no keys to other tables, so that it outlives what it tells of; and of people their ids alone, so
    that nothing of somebody who has left stays in it.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor_id = models.CharField(max_length=40)
    action = models.CharField(max_length=40)
    target_kind = models.CharField(max_length=20, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    target = models.CharField(max_length=200, blank=True)  # what it was called; blank for a person
    reason = models.CharField(max_length=500, blank=True)
    details = models.JSONField(default=dict, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        db_table = "audit_trail"
        indexes = [
            models.Index(fields=["-at"], name="audit_newest"),
            models.Index(fields=["target_kind", "target_id"], name="audit_of_target"),
        ]

    def save(self, *args: Any, **options: Any) -> None:
        """Write it, once."""
        if not self._state.adding:
            raise TypeError(NEVER_CHANGES)
        super().save(*args, **options)

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise TypeError(NEVER_CHANGES)


NEVER_CHANGES = "What is in the audit trail stays as it is."
