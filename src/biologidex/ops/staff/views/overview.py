"""How the server is doing, what it costs, and what staff have done."""

from datetime import date

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from biologidex.core.models import AuditEntry
from biologidex.ops.staff import numbers
from biologidex.ops.staff.access import StaffRequest, staff_only
from biologidex.ops.staff.pages import asked_for, deeds, paged, show

LATEST = 8


@staff_only
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """Show how everything is."""
    latest = deeds(AuditEntry.objects.of_staff().order_by("-at", "-pk")[:LATEST])
    return show(request, "overview", {"now": numbers.overview(), "deeds": latest})


@staff_only
@require_safe
def costs(request: StaffRequest) -> HttpResponse:
    """Show what identification cost in a month."""
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        month = timezone.now().date().replace(day=1)
    shown = {
        "costs": numbers.costs(month),
        "budget": settings.VISION_BUDGET,
        "share": settings.VISION_BUDGET_PERSON,
    }
    return show(request, "costs", shown)


@staff_only
@require_safe
def audit(request: StaffRequest) -> HttpResponse:
    """Show what staff have done, the newest first."""
    text, entries = asked_for(request), AuditEntry.objects.of_staff().order_by("-at", "-pk")
    if text:
        entries = entries.filter(action__startswith=text)
    page = paged(request, entries)
    return show(request, "audit", {"page": page, "deeds": deeds(page.object_list), "q": text})
