"""Background work: the queue, and who may do what only one process may do at a time."""

import uuid

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
