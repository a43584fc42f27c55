"""Giving photos, and searching for an animal by name."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from biologidex.animals.selectors import search_taxa
from biologidex.core.api import status_of
from biologidex.core.errors import DomainError, Forbidden, Invalid
from biologidex.core.throttling import spend
from biologidex.media import services as media
from biologidex.media.places import Place
from biologidex.vision import services as vision
from biologidex.vision.models import AnalysisJob
from biologidex.web.access import PersonRequest, signed_in, wants_json
from biologidex.web.forms import DevicePlaceForm
from biologidex.web.tiles import tiles_of

LONGEST_QUERY = 100
FOUND = 8
TILES = 60  # more than anybody leaves undecided; the rest follows when these are settled


def _open_jobs(request: PersonRequest) -> QuerySet[AnalysisJob]:
    return AnalysisJob.objects.visible_to(request.user).open().select_related("photo").order_by("-created_at")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def capture(request: PersonRequest) -> HttpResponse:
    """Take photos, or show those that still wait for an answer or a decision."""
    if request.method == "POST":
        return _take(request)
    return _page(request)


def _page(request: PersonRequest, status: int = 200) -> HttpResponse:
    tiles = tiles_of(list(_open_jobs(request)[:TILES]))
    shown = {
        "tiles": tiles,
        "working": any(not tile.job.is_finished for tile in tiles),
        "max_mb": settings.MAX_UPLOAD_MB,
    }
    return render(request, "web/capture.html", shown, status=status)


def _take(request: PersonRequest) -> HttpResponse:
    uploads = [upload for upload in request.FILES.getlist("image") if upload]
    place = DevicePlaceForm(request.POST).place()
    if wants_json(request):
        if len(uploads) != 1:
            raise Invalid("Send one photo at a time in the field `image`.", field="image")
        job = _start(request, uploads[0], place)
        progress = resolve_url("web:progress", job_id=job)
        return JsonResponse({"job": str(job), "tile": f"{progress}?as=tile"}, status=201)
    if not uploads:
        messages.error(request, "Choose at least one photo first.")
        return _page(request, status=400)
    refusals = []
    for upload in uploads:
        try:
            _start(request, upload, place)
        except DomainError as error:
            messages.error(request, f"{upload.name}: {error.message}")
            refusals.append(error)
    if len(refusals) == len(uploads):
        return _page(request, status=status_of(refusals[0]))
    return redirect("web:capture")


def _start(request: PersonRequest, upload: "UploadedFile[bytes]", place: Place | None) -> UUID:
    spend("upload", str(request.user.pk))
    photo = media.store_photo(by=request.user, upload=upload, place=place)
    job, _ = vision.start(by=request.user, photo=photo)
    return job.pk


@csrf_exempt  # another app hands photos over, and has no form of ours
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: PersonRequest) -> HttpResponse:
    """Take photos that another app shares with us, where no service worker has taken them already."""
    if request.method != "POST":  # whoever has just signed in: the photos did not come along
        messages.error(request, _("Please share the photo once more."))
        return redirect("web:capture")
    if request.headers.get("Sec-Fetch-Site") not in {"none", "same-origin"}:
        raise Forbidden(_("Photos can be shared from this device only."))
    return _take(request)


@signed_in
@require_safe
def search(request: PersonRequest) -> HttpResponse:
    """List animals by a piece of their English or Latin name, to choose one of them."""
    text = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    found = search_taxa(text, limit=FOUND) if text else []
    return render(request, "web/_results.html", {"found": found, "query": text})
