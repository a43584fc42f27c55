"""What people report, and what comes of it."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from biologidex.core import audit, identity
from biologidex.core.models import AuditEntry
from biologidex.dex.models import DexEntry, EntryPhoto
from biologidex.media import services as media
from biologidex.ops.staff import moderation
from biologidex.ops.staff.access import StaffRequest, staff_only
from biologidex.ops.staff.forms import ReasonForm
from biologidex.ops.staff.pages import deeds_to, paged, show
from biologidex.social.models import Report

ONE_LOOK = timedelta(hours=1)  # within which looking again is still the same look
HARMLESS = "default-src 'none'; sandbox"


@staff_only
@require_safe
def reports(request: StaffRequest) -> HttpResponse:
    """List the reports that wait, the oldest first, or those that are settled, the newest first."""
    told = Report.objects.visible_to(request.user).select_related("person", "reporter", "settled_by")
    is_settled = "settled" in request.GET
    rows = told.exclude(outcome=Report.Outcome.OPEN).order_by("-settled_at") if is_settled else told.waiting()
    return show(request, "reports", {"page": paged(request, rows), "is_settled": is_settled})


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: StaffRequest, report_id: UUID) -> HttpResponse:
    """Show a report with what it is about, and decide."""
    told = Report.objects.visible_to(request.user).select_related("person__profile", "reporter", "settled_by")
    found = get_object_or_404(told, pk=report_id)
    form, decision = ReasonForm(request.POST or None), request.POST.get("decision", "")
    if form.is_bound and form.carried_out(
        lambda said: moderation.decide(
            by=request.user, report=found, decision=decision, reason=said["reason"]
        )
    ):
        messages.success(request, _("Settled, and written down."))
        return redirect("staff:reports")
    others = Report.objects.visible_to(request.user).filter(person=found.person)
    with identity.everything():
        entry = DexEntry.objects.select_related("animal__taxon").filter(pk=found.entry_id or found.pk).first()
        photos = EntryPhoto.objects.filter(entry=found.entry_id).count()
    shown = {
        "report": found,
        "entry": entry,
        "positions": range(1, photos + 1),
        "alike": others.filter(entry_id=found.entry_id).count(),
        "others": others.exclude(entry_id=found.entry_id).count(),
        "form": form,
        "deeds": deeds_to("person", found.person_id),
    }
    return show(request, "report", shown, part_of="reports", status=400 if form.is_bound else 200)


@staff_only
@require_safe
def photo(request: StaffRequest, report_id: UUID, position: int) -> FileResponse:
    """Show a photo of a reported card, whoever may see the card. That somebody has looked is written down."""
    found = get_object_or_404(Report.objects.visible_to(request.user), pk=report_id)
    with identity.everything():
        shown = EntryPhoto.objects.filter(entry=found.entry_id).order_by("added_at", "pk")
        ids = list(shown.values_list("photo", flat=True)[:position])
        photo_id = ids[-1] if len(ids) == position > 0 else None
        if photo_id is None:
            raise Http404
        _note_look(request, found)
        answer = FileResponse(media.open_picture(photo_id, "full"), content_type="image/jpeg")
    answer["Content-Security-Policy"] = HARMLESS
    return answer


@transaction.atomic
def _note_look(request: StaffRequest, found: Report) -> None:
    recent = AuditEntry.objects.filter(
        action="report.look",
        actor_id=str(request.user.pk),
        target_id=str(found.pk),
        at__gt=timezone.now() - ONE_LOOK,
    )
    if not recent.exists():
        audit.record(by=request.user, action="report.look", kind="report", pk=found.pk, reason=found.reason)
