"""People, for whoever may look into everything."""

from django.contrib import admin

from biologidex.accounts.models import Consent, Session, StaffWord, User, UserProfile
from biologidex.core.admin import Reading, site


@admin.register(User, site=site)
class UserAdmin(Reading):
    """People."""

    list_display = ["username", "email", "email_confirmed", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "email_confirmed"]
    search_fields = ["username", "email"]
    ordering = ["username"]
    exclude = ["password"]


@admin.register(UserProfile, site=site)
class UserProfileAdmin(Reading):
    """What they tell, and what they usually choose."""

    list_display = ["user", "display_name", "default_visibility", "default_geoprivacy", "language"]
    search_fields = ["user__username"]
    list_select_related = ["user"]


@admin.register(Session, site=site)
class SessionAdmin(Reading):
    """Sign-ins."""

    list_display = ["user", "kind", "device", "created_at", "seen_at"]
    search_fields = ["user__username"]
    list_select_related = ["user"]
    exclude = ["browser_key"]


@admin.register(Consent, site=site)
class ConsentAdmin(Reading):
    """What they agreed to."""

    list_display = ["user", "purpose"]
    search_fields = ["user__username"]
    list_select_related = ["user"]


@admin.register(StaffWord, site=site)
class StaffWordAdmin(Reading):
    """What staff have said to them."""

    list_display = ["person", "words", "created_at"]
    search_fields = ["person__username"]
    list_select_related = ["person"]
