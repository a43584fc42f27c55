"""Files of finds that a person has sent, and what became of each line."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from biologidex.accounts.models import User


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    """Imports, as far as a person may see them."""

    def visible_to(self, viewer: User | AnonymousUser) -> "ImportRunQuerySet":
        """Only one's own."""
        return self.filter(owner=viewer) if isinstance(viewer, User) else self.none()

    def unfinished(self) -> "ImportRunQuerySet":
        """Those whose lines are not all done."""
        return self.filter(state__in=UNFINISHED)

    def with_file(self) -> "ImportRunQuerySet":
        """Those whose file is kept: it will be read, or its owner is asked whether it shall be."""
        return self.filter(state__in=[*UNFINISHED, ImportRun.State.CHECKED])

    def counted(self) -> "ImportRunQuerySet":
        """Count what became of the lines, in the same query."""
        counts: dict[str, Any] = {
            f"{outcome}_rows": Count("rows", filter=Q(rows__outcome=outcome))
            for outcome in ImportRow.Outcome.values
        }
        return self.annotate(done_rows=Count("rows"), **counts)


class ImportRun(models.Model):
    """One file that is read line by line in the background. `total` is the number of its lines with a find.

    With `is_trial` nothing is taken in: its lines say what they would become, and `CHECKED` asks its owner for a yes.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        CHECKED = "checked"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="import_runs")
    kind = models.CharField(max_length=20)
    filename = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField()
    is_trial = models.BooleanField(default=False, db_default=False)
    message = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        db_table = "dex_import_runs"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "sha256"],
                condition=Q(state__in=["waiting", "running"]),
                name="a_file_is_read_once_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["owner", "-created_at"], name="import_run_of_owner")]


UNFINISHED = (ImportRun.State.WAITING, ImportRun.State.RUNNING)


class ImportRow(models.Model):
    """What became of one line.

    `source` is a digest of what tells this find from all others of that site. As long as the card is there that it
    was put on, the same line changes nothing when it comes again.
    """

    class Outcome(models.TextChoices):
        IMPORTED = "imported"
        JOINED = "joined"
        KNOWN = "known"
        UNCLEAR = "unclear"
        REFUSED = "refused"

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # of the find in the file, from 1
    line = models.PositiveIntegerField()  # on which it begins
    source = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    name = models.CharField(max_length=200, blank=True)
    column = models.CharField(max_length=60, blank=True)
    message = models.CharField(max_length=500, blank=True)
    entry = models.ForeignKey(
        "dex.DexEntry", on_delete=models.SET_NULL, null=True, related_name="import_rows"
    )

    class Meta:
        db_table = "dex_import_rows"
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="a_find_of_a_file_once")]
        indexes = [models.Index(fields=["source"], name="import_row_source")]
