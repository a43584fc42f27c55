"""What people are to each other, for whoever may look into everything."""

from django.contrib import admin

from biologidex.core.admin import Reading, site
from biologidex.social.models import Block, Friendship, Report


@admin.register(Friendship, site=site)
class FriendshipAdmin(Reading):
    """Friendships and requests."""

    list_display = ["asked_by", "asked", "status", "created_at"]
    list_filter = ["status"]
    search_fields = ["asked_by__username", "asked__username"]
    list_select_related = ["asked_by", "asked"]


@admin.register(Block, site=site)
class BlockAdmin(Reading):
    """Who wants nothing to do with whom."""

    list_display = ["blocker", "blocked", "created_at"]
    search_fields = ["blocker__username"]
    list_select_related = ["blocker", "blocked"]


@admin.register(Report, site=site)
class ReportAdmin(Reading):
    """What people report."""

    list_display = ["reason", "person", "outcome", "created_at", "settled_at"]
    list_filter = ["outcome", "reason"]
    list_select_related = ["person"]
