"""What staff did, for whoever may look into everything."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from biologidex.core.admin import Reading, site
from biologidex.core.models import AuditEntry


@admin.register(AuditEntry, site=site)
class AuditEntryAdmin(Reading):
    """The audit trail, as far as it is about staff: what people do with what is theirs is not read by browser."""

    list_display = ["at", "actor_id", "action", "target_kind", "target", "reason"]
    list_filter = ["action"]
    ordering = ["-at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:  # noqa: ARG002
        """Keep what staff did."""
        return AuditEntry.objects.of_staff()
