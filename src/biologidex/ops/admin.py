"""What staff did, for whoever may look into everything."""

from django.contrib import admin

from biologidex.core.admin import Reading, site
from biologidex.core.models import AuditEntry


@admin.register(AuditEntry, site=site)
class AuditEntryAdmin(Reading):
    """The audit trail."""

    list_display = ["at", "actor_id", "action", "target_kind", "target", "reason"]
    list_filter = ["action"]
    ordering = ["-at"]
