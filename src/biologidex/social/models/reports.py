"""What people report to whoever runs the server."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from biologidex.accounts.models import User

WORDS_LENGTH, QUOTED_LENGTH = 1000, 2500


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports, as far as somebody may read them."""

    def visible_to(self, viewer: User | AnonymousUser) -> "ReportQuerySet":
        """Everything to staff, to others what they reported themselves. Who is reported is never told by whom."""
        if not isinstance(viewer, User):
            return self.none()
        return self.all() if viewer.is_staff and viewer.is_active else self.filter(reporter=viewer)

    def waiting(self) -> "ReportQuerySet":
        """Those that nobody of the staff has settled, the oldest first."""
        return self.filter(outcome=Report.Outcome.OPEN).order_by("created_at", "pk")


class Report(models.Model):
    """Somebody says that a person, or a card of theirs, should not be here as it is.

    `entry_id` names the card; what was on it when it was reported is `quoted`, because staff see no more cards than
    anybody else, and because it may be changed since.
    """

    class Reason(models.TextChoices):
        OFFENSIVE = "offensive", _("It is offensive or hurts somebody")
        PRIVATE = "private", _("It shows a person, or something private")
        CRUELTY = "cruelty", _("An animal is being harmed")
        PLACE = "place", _("It gives away where a threatened animal lives")
        SPAM = "spam", _("It is advertising, or no photo of an animal")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        OPEN = "open", _("Open")
        UPHELD = "upheld", _("Acted upon")
        DISMISSED = "dismissed", _("Nothing wrong")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="reports"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reported_by")
    entry_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=9, choices=Reason.choices)
    words = models.CharField(max_length=WORDS_LENGTH, blank=True)
    quoted = models.CharField(max_length=QUOTED_LENGTH, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, default=Outcome.OPEN)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=WORDS_LENGTH, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        db_table = "reports"
        constraints = [
            models.UniqueConstraint(
                "reporter",
                "person",
                Coalesce("entry_id", "person"),
                condition=Q(outcome="open"),
                name="one_open_report_of_a_thing",
            ),
        ]
        indexes = [models.Index(fields=["outcome", "created_at"], name="report_waiting")]
