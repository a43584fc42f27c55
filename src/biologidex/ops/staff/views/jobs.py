"""The work in the background, and a hand for what is stuck."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from biologidex.core import jobs
from biologidex.core.models import Job
from biologidex.ops.staff.access import StaffRequest, staff_only
from biologidex.ops.staff.forms import ReasonForm
from biologidex.ops.staff.pages import asked_for, deeds_to, paged, show

DEEDS = {"retry": jobs.retry, "cancel": jobs.cancel}


@staff_only
@require_safe
def jobs_list(request: StaffRequest) -> HttpResponse:
    """List jobs, the newest first, by state and by the beginning of their name."""
    text, state = asked_for(request), request.GET.get("state", "")
    named = Job.objects.filter(name__startswith=text) if text else Job.objects.all()
    counts = named.aggregate(**{one: Count("pk", filter=Q(state=one)) for one in Job.State.values})
    state = state if state in Job.State.values else ""
    page = paged(request, (named.filter(state=state) if state else named).order_by("-created_at", "pk"))
    states = [(one, label, counts[one]) for one, label in Job.State.choices]
    return show(request, "jobs", {"page": page, "q": text, "state": state, "states": states})


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def job(request: StaffRequest, job_id: UUID) -> HttpResponse:
    """Show a job; try it again, or cancel it."""
    found = get_object_or_404(Job, pk=job_id)
    form = ReasonForm(request.POST or None)
    do = DEEDS.get(request.POST.get("do", ""))
    if do and form.carried_out(lambda told: do(by=request.user, job_id=job_id, reason=told["reason"])):
        messages.success(request, _("Done, and written down."))
        return redirect("staff:job", job_id=job_id)
    shown = {
        "job": found,
        "form": form,
        "deeds": deeds_to("job", job_id),
        "can_retry": found.state in {Job.State.DEAD, Job.State.QUEUED},
        "can_cancel": found.state == Job.State.QUEUED,
    }
    return show(request, "job", shown, part_of="jobs", status=400 if form.is_bound else 200)
