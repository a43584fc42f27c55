"""Cards, for whoever may look into everything."""

from django.contrib import admin

from biologidex.core.admin import Reading, site
from biologidex.dex.models import DexEntry, ImportRun, ShareLink


@admin.register(DexEntry, site=site)
class DexEntryAdmin(Reading):
    """Cards. Opening one shows its exact place: it is written down who did."""

    list_display = ["id", "owner", "animal", "visibility", "created_at", "hidden_at"]
    list_filter = ["visibility"]
    search_fields = ["owner__username"]
    list_select_related = ["owner", "animal"]
    ordering = ["-created_at"]


@admin.register(ImportRun, site=site)
class ImportRunAdmin(Reading):
    """Files of finds."""

    list_display = ["owner", "kind", "state", "total", "created_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["owner"]
    ordering = ["-created_at"]


@admin.register(ShareLink, site=site)
class ShareLinkAdmin(Reading):
    """Links to cards."""

    list_display = ["entry_id", "created_at", "expires_at", "revoked_at"]
    exclude = ["digest"]
