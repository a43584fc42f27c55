"""Giving photos, and searching for an animal by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from biologidex.core.api import said, status_of
from biologidex.core.errors import DomainError, Forbidden
from biologidex.core.throttling import spend
from biologidex.dex.models import DexEntry
from biologidex.media import services as media
from biologidex.media.limits import MEGABYTE, most_in_pieces
from biologidex.media.models import Photo
from biologidex.vision import services as vision
from biologidex.vision.models import AnalysisJob
from biologidex.web import names
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.tiles import tiles_of
from biologidex.web.views.arrivals import known_card

LONGEST_QUERY = 100
FOUND = 8
TILES = 60  # more than anybody leaves undecided; the rest follows when these are settled


@dataclass(frozen=True)
class Known:
    """A photo that a card shows already: its owner decides what becomes of it."""

    photo: Photo
    card: DexEntry


def _open_jobs(request: PersonRequest) -> QuerySet[AnalysisJob]:
    return AnalysisJob.objects.visible_to(request.user).open().select_related("photo").order_by("-created_at")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def capture(request: PersonRequest) -> HttpResponse:
    """Take photos, or show those that still wait for an answer or a decision."""
    if request.method == "POST":
        return _take(request)
    return _page(request)


def _page(request: PersonRequest, status: int = 200, known: Sequence[Known] = ()) -> HttpResponse:
    tiles = tiles_of(list(_open_jobs(request)[:TILES]))
    names.prepare(one.card.animal.taxon for one in known)
    shown = {
        "tiles": tiles,
        "known": known,
        "working": any(not tile.job.is_finished for tile in tiles),
        "max_mb": settings.MAX_UPLOAD_MB,
        "largest_mb": most_in_pieces() // MEGABYTE,
    }
    return render(request, "web/capture.html", shown, status=status)


def _take(request: PersonRequest) -> HttpResponse:
    """Take photos without the help of scripts, which send them by the API instead and then to `arrivals`."""
    if again := request.POST.get("again"):
        mine = Photo.objects.visible_to(request.user)
        vision.start(by=request.user, photo=get_object_or_404(mine, pk=_uuid(again)))
        return redirect("web:capture")
    uploads = [upload for upload in request.FILES.getlist("image") if upload]
    if not uploads:
        messages.error(request, _("Choose at least one photo first."))
        return _page(request, status=400)
    refusals, known = [], []
    for upload in uploads:
        try:
            known += _started(request, upload)
        except DomainError as error:
            messages.error(request, f"{upload.name}: {said(error)}")
            refusals.append(error)
    if known or len(refusals) == len(uploads):
        return _page(request, status=200 if known else status_of(refusals[0]), known=known)
    return redirect("web:capture")


def _started(request: PersonRequest, upload: "UploadedFile[bytes]") -> list[Known]:
    """Have a photo identified. Returns it with its card instead if it is on one already."""
    spend("upload", str(request.user.pk))
    photo = media.store_photo(by=request.user, upload=upload)
    if card := known_card(photo):
        return [Known(photo, card)]
    vision.start(by=request.user, photo=photo)
    return []


def _uuid(told: str) -> UUID:
    try:
        return UUID(told)
    except ValueError as error:
        raise Http404 from error


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
    found = names.search(text, limit=FOUND)
    # A script of ours wants options for its list; a browser without scripts choices that can be sent.
    piece = "web/_options.html" if request.htmx else "web/_results.html"
    return render(request, piece, {"found": found, "query": text})
