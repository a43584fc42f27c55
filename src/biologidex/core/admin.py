"""Django's admin, to look into tables and change nothing: every change goes through a service, on the staff pages.

Only whoever may do everything gets in, on a host of its own; and which row somebody opened is in the audit trail.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from biologidex.core import audit
from biologidex.core.models import Job as Work
from biologidex.core.models import Lease

SHOWN = 50


class Site(admin.AdminSite):
    """The one admin site."""

    site_header = site_title = "BiologiDex"
    index_title = "Tables"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in whoever may do everything."""
        user = request.user
        return bool(user.is_active and user.is_staff and user.is_superuser)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """Sign in where everybody does, so that wrong passwords are counted once; to others there is nothing here."""
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def password_change(self, *_: Any, **__: Any) -> Any:
        """Send people where a password is changed by our rules."""
        return redirect("web:settings-password")

    def logout(self, *_: Any, **__: Any) -> Any:
        """Sign out where that ends the sign-in for good; the press goes along."""
        return redirect("web:sign-out", preserve_request=True)


class Reading(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in its stubs only
    """A table to be read."""

    list_per_page = SHOWN
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody adds a row here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Nobody changes one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Nobody deletes one."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Whoever is let in reads."""
        return site.has_permission(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a row, and write down that it was opened."""
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        shown = super().change_view(request, object_id, form_url, extra_context)
        if shown.status_code == 200:
            kind: type[models.Model] = self.model
            label = kind._meta.label_lower.rpartition(".")[2][:20]
            audit.record(by=request.user, action="admin.look", kind=label, pk=object_id, reason="admin")  # type: ignore[arg-type]
        return shown


site = Site(name="admin")


@admin.register(Work, site=site)
class JobAdmin(Reading):
    """Background work."""

    list_display = ["name", "state", "lane", "attempts", "created_at", "finished_at", "error"]
    list_filter = ["state", "lane", "name"]
    ordering = ["-created_at"]


@admin.register(Lease, site=site)
class LeaseAdmin(Reading):
    """What one process at a time may do."""

    list_display = ["name", "holder", "until"]
