"""One's finds as files: out of here in every form, and in from others, tried first."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from biologidex.core.throttling import spend
from biologidex.dex.exchange import services
from biologidex.dex.exchange.errors import FileTooLarge
from biologidex.dex.exchange.models import ImportRow, ImportRun
from biologidex.dex.models import DexEntry, EntryPhoto
from biologidex.media.limits import most_bytes
from biologidex.media.models import Photo
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.settings_forms import ImportForm
from biologidex.web.views.settings.sections import DONE, attempt, show

RUNS, ROWS = 10, 50
FORMS = (
    ("csv", gettext_lazy("Table (CSV)"), gettext_lazy("Every card in one line, for any spreadsheet.")),
    ("json", gettext_lazy("JSON"), gettext_lazy("Every card with all that it says, for programs.")),
    (
        "dwca",
        gettext_lazy("Darwin Core archive"),
        gettext_lazy("What you allow to be passed on, as science reads it."),
    ),
    (
        "zip",
        gettext_lazy("Everything with photos (ZIP)"),
        gettext_lazy("A backup that can be imported here or on another server."),
    ),
)
OUTCOMES = {
    "imported": (gettext_lazy("New cards"), "plus"),
    "joined": (gettext_lazy("Added to cards you have"), "check"),
    "known": (gettext_lazy("Already here"), "book"),
    "unclear": (gettext_lazy("Unclear animal"), "search"),
    "refused": (gettext_lazy("Cannot be read"), "warning"),
}


def _runs(request: PersonRequest) -> Any:
    return ImportRun.objects.visible_to(request.user)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def data(request: PersonRequest) -> HttpResponse:
    """Offer every export, take a file in to be tried, and list the files of late."""
    is_sent = request.method == "POST"
    form = ImportForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    begun: list[ImportRun] = []
    status = attempt(form, lambda told: begun.append(_begun(request, told["file"])))
    if status == DONE:
        return redirect("web:settings-import", run_id=begun[0].pk)
    person = request.user
    taken = Photo.objects.filter(owner=person).exclude(original="")
    shown = {
        "form": form,
        "exports": FORMS,
        "cards": DexEntry.objects.filter(owner=person).count(),
        "photos": EntryPhoto.objects.filter(entry__owner=person).aggregate(n=Count("photo", distinct=True))[
            "n"
        ],
        "megabytes": -(-(taken.aggregate(sum=Sum("size"))["sum"] or 0) // 1_000_000),
        "most_megabytes": most_bytes() // 1_000_000,
        "runs": _runs(request).counted().order_by("-created_at", "pk")[:RUNS],
    }
    return show(request, "settings-data", shown, status=status)


def _begun(request: PersonRequest, file: Any) -> ImportRun:
    spend("upload", str(request.user.pk))
    if file.size > most_bytes():  # media.limits has dropped its bytes while they came
        raise FileTooLarge(
            _("This file is larger than %(megabytes)d MB.") % {"megabytes": most_bytes() // 1_000_000}
        )
    pieces, name = file.chunks(), file.name or ""
    return services.begin(by=request.user, pieces=pieces, filename=name, is_trial=True)[0]


@signed_in
@require_safe
def export(request: PersonRequest, kind: str) -> StreamingHttpResponse:
    """Download all one's finds. The file is made while it is sent, so it begins at once however large it is."""
    spend("export", str(request.user.pk))
    file = services.export(by=request.user, kind=kind)
    answer = StreamingHttpResponse(file.chunks, content_type=file.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{file.filename}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@signed_in
@require_safe
def import_run(request: PersonRequest, run_id: UUID) -> HttpResponse:
    """Tell how far a file is, and line by line what becomes of it."""
    run = get_object_or_404(_runs(request).counted(), pk=run_id)
    outcome = request.GET.get("outcome", "")
    rows = run.rows.order_by("number")
    if outcome in ImportRow.Outcome.values:
        rows = rows.filter(outcome=outcome)
    shown = {
        "run": run,
        "is_working": run.state in {ImportRun.State.WAITING, ImportRun.State.RUNNING},
        "outcomes": [
            (name, label, icon, getattr(run, f"{name}_rows")) for name, (label, icon) in OUTCOMES.items()
        ],
        "labels": {name: label for name, (label, _icon) in OUTCOMES.items()},
        "outcome": outcome if outcome in OUTCOMES else "",
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
    }
    if request.htmx:
        return render(request, "web/settings/_import.html", shown)
    return show(request, "settings-import", {**shown, "part_of": "settings-data"})


@signed_in
@require_POST
def import_confirm(request: PersonRequest, run_id: UUID) -> HttpResponse:
    """Take in what was tried."""
    run = get_object_or_404(_runs(request), pk=run_id)
    services.confirm(by=request.user, run=run)
    return redirect("web:settings-import", run_id=run.pk)


@signed_in
@require_POST
def import_discard(request: PersonRequest, run_id: UUID) -> HttpResponse:
    """Forget a file that was tried."""
    run = _runs(request).filter(pk=run_id).first()
    if run:
        services.discard(by=request.user, run=run)
    messages.success(request, _("Nothing was imported, and the file is gone."))
    return redirect("web:settings-data")
