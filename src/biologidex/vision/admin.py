"""Identifications, for whoever may look into everything."""

from django.contrib import admin

from biologidex.core.admin import Reading, site
from biologidex.vision.models import AnalysisJob, PaidCall


@admin.register(AnalysisJob, site=site)
class AnalysisJobAdmin(Reading):
    """Identifications."""

    list_display = ["id", "owner", "status", "retry_count", "error_code", "created_at"]
    list_filter = ["status"]
    search_fields = ["owner__username"]
    list_select_related = ["owner"]
    ordering = ["-created_at"]
    exclude = ["embedding"]


@admin.register(PaidCall, site=site)
class PaidCallAdmin(Reading):
    """What was paid for."""

    list_display = ["created_at", "owner", "provider", "model", "estimate_usd", "cost_usd"]
    list_filter = ["provider", "model"]
    list_select_related = ["owner"]
    ordering = ["-created_at"]
