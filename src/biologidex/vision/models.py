"""One row for each identification a person asked for."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

from biologidex.accounts.models import User
from biologidex.media.models import Photo


class AnalysisJobQuerySet(models.QuerySet["AnalysisJob"]):
    """Identifications, as far as a person may see them."""

    def visible_to(self, viewer: User | AnonymousUser) -> "AnalysisJobQuerySet":
        """Only one's own: what a machine thinks of a photo is nobody else's business."""
        return self.filter(owner=viewer) if isinstance(viewer, User) else self.none()

    def open(self) -> "AnalysisJobQuerySet":
        """Those that still wait for the machine or for the person."""
        return self.filter(settled_at=None)

    def unfinished(self) -> "AnalysisJobQuerySet":
        """Those that still wait for the machine. A worker that comes late changes only these."""
        return self.exclude(status__in=FINISHED)


class AnalysisJob(models.Model):
    """A photo being identified, then what was found, until the person confirms or discards it.

    `answer` is the engine's answer as JSON (see `vision.engine.answer`), each taxon with the `taxon_id` of the
    backbone where it is known there. Its `failures` are all calls that came to nothing, also before there is an
    answer, because a paid one cost money all the same. `embedding` is how the photo looks to the engine: 2560
    numbers, float16.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        PROCESSING = "processing"
        COMPLETED = "completed"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="analysis_jobs"
    )
    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="analysis_jobs")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    progress = models.FloatField(default=0.0)
    retry_count = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.CharField(max_length=300, blank=True)
    answer: Any = models.JSONField(default=dict, blank=True)
    embedding = models.BinaryField(blank=True, default=bytes)
    engine_version = models.CharField(max_length=300, blank=True)
    # Asked for by a program that files what is detected under its number at once: then the number is given early.
    from_conversion = models.BooleanField(default=False)
    selected_index = models.SmallIntegerField(null=True, blank=True)  # in `detected_animals`
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = AnalysisJobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="analysis_progress_is_a_share", condition=models.Q(progress__gte=0, progress__lte=1)
            ),
            models.CheckConstraint(
                name="analysis_completed_has_a_time",
                condition=~models.Q(status="completed") | models.Q(completed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["owner", "-created_at"], name="analysis_of_owner")]

    @property
    def is_finished(self) -> bool:
        """Whether the machine is done with it, one way or the other."""
        return self.status in FINISHED


class SpendingMonth(models.Model):
    """A month in which something was paid, by its first day. Who wants to pay locks it first."""

    month = models.DateField(primary_key=True)


class PaidCall(models.Model):
    """One call of a paid provider: the most that it can cost from before it is made, what it did cost afterwards.

    It outlives the photo and the person: what was paid stays paid. A call whose end nobody saw keeps its estimate.
    """

    month = models.ForeignKey(SpendingMonth, on_delete=models.PROTECT, related_name="calls")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="paid_calls"
    )
    job = models.ForeignKey(AnalysisJob, on_delete=models.SET_NULL, null=True, related_name="paid_calls")
    provider = models.CharField(max_length=20)
    model = models.CharField(max_length=100)
    estimate_usd = models.DecimalField(max_digits=12, decimal_places=6)
    cost_usd = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="paid_call_costs_are_not_negative",
                condition=models.Q(estimate_usd__gte=0)
                & (models.Q(cost_usd__isnull=True) | models.Q(cost_usd__gte=0)),
            )
        ]


FINISHED = (AnalysisJob.Status.COMPLETED, AnalysisJob.Status.FAILED)
