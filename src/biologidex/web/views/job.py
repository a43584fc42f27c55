"""One photo: how its identification goes, what came out, and what the person makes of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HTMX_STOP_POLLING, HttpResponseClientRedirect, reswap, retarget

from biologidex.animals.models import Taxon
from biologidex.core.api import status_of
from biologidex.core.errors import DomainError
from biologidex.core.throttling import spend
from biologidex.dex import services as dex
from biologidex.dex.details import Details
from biologidex.dex.selectors import card_of
from biologidex.media.places import Place
from biologidex.vision import services as vision
from biologidex.vision.models import AnalysisJob
from biologidex.vision.selectors import provenance_of
from biologidex.web import names
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.candidates import shown_of
from biologidex.web.forms import ConfirmForm, details_of_photo
from biologidex.web.templatetags.plates import plate_number
from biologidex.web.tiles import Tile, tile_of
from biologidex.web.views.capture import FOUND, LONGEST_QUERY


def _job(request: PersonRequest, job_id: UUID) -> AnalysisJob:
    return get_object_or_404(AnalysisJob.objects.visible_to(request.user).select_related("photo"), pk=job_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def job(request: PersonRequest, job_id: UUID) -> HttpResponse:
    """Show one identification, or file what the person chose."""
    found = _job(request, job_id)
    if request.method == "POST":
        return _confirm(request, found)
    if card := card_of(found):
        return redirect("web:card", entry_id=card.pk)
    return _page(request, tile_of(found), _form(request, found))


def _form(request: PersonRequest, found: AnalysisJob) -> ConfirmForm:
    initial = details_of_photo(found.photo, request.user.profile)
    return ConfirmForm(initial=initial, known_place=Place.of(found.photo))


def _page(request: PersonRequest, tile: Tile, form: ConfirmForm, status: int = 200) -> HttpResponse:
    return render(request, "web/job.html", _shown(request, tile, form), status=status)


def _shown(request: PersonRequest, tile: Tile, form: ConfirmForm) -> dict[str, Any]:
    """Return what the page is made of."""
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    found = names.search(query, limit=FOUND)
    chosen = _chosen(form, tile)
    return {
        "tile": tile,
        "form": form,
        "photo": tile.job.photo,
        "working": not tile.job.is_finished,
        "query": query,
        "found": found,
        "chosen": chosen,
        "extra": chosen if chosen and not tile.offers(chosen) else None,
        "said": provenance_of(tile.job),
        "not_asked": [one for one in vision.choices_for(request.user) if not one.is_given],
        **shown_of(tile, viewer=request.user),
    }


def _chosen(form: ConfirmForm, tile: Tile) -> Taxon | None:
    """Return what is ticked: what was sent, else the answer that is sure. A guess is never ticked for anybody."""
    if form.is_bound:
        sent = form.cleaned_data.get("taxon") if hasattr(form, "cleaned_data") else None
        return sent if isinstance(sent, Taxon) else None
    return tile.sure.taxon if tile.sure else None


def _confirm(request: PersonRequest, found: AnalysisJob) -> HttpResponse:
    sent = request.POST.copy()
    by_tile = "quick" in sent
    if by_tile:
        sent["visibility"] = request.user.profile.default_visibility
    form = ConfirmForm(sent, known_place=Place.of(found.photo))
    if not form.is_valid():
        return _page(request, tile_of(found), form, status=400)
    usual = Details.usual(request.user.profile)
    details = dex.details_from_photo(found, usual) if by_tile else form.details(usual)
    try:
        entry, is_new = dex.record_find(
            by=request.user, job=found, taxon=form.cleaned_data["taxon"], details=details
        )
    except DomainError as error:
        if error.field not in form.fields:
            raise
        form.blame(error)
        return _page(request, tile_of(found), form, status=status_of(error))
    if is_new:
        messages.success(
            request,
            _("Plate %(number)s joins your dex.") % {"number": plate_number(entry.animal.creation_index)},
            extra_tags="filed reveal",
        )
    else:
        messages.success(
            request, _("You had this animal already: the photo is now on its card."), extra_tags="filed"
        )
    return redirect("web:card", entry_id=entry.pk)


@signed_in
@require_safe
def progress(request: PersonRequest, job_id: UUID) -> HttpResponse:
    """Return the piece of a page that tells how it goes; the last one stops the asking."""
    on_tile = request.GET.get("as") == "tile"
    found = AnalysisJob.objects.visible_to(request.user).select_related("photo").filter(pk=job_id).first()
    if found is None:
        return render(request, "web/_gone.html", status=HTMX_STOP_POLLING)
    if on_tile and "part" not in request.GET:
        return render(request, "web/_tile.html", {"tile": tile_of(found)})
    if on_tile:
        return render(request, "web/_tile_body.html", {"tile": tile_of(found)})
    if not found.is_finished:
        return render(request, "web/_working.html", {"tile": tile_of(found)})
    if card := card_of(found):
        return HttpResponseClientRedirect(resolve_url("web:card", entry_id=card.pk))
    answer = render(request, "web/_job_outcome.html", _shown(request, tile_of(found), _form(request, found)))
    return reswap(retarget(answer, "#job"), "outerHTML")


@signed_in
@require_POST
def retry(request: PersonRequest, job_id: UUID) -> HttpResponse:
    """Try a failed identification again."""
    spend("upload", str(request.user.pk))
    found = vision.retry(by=request.user, job=_job(request, job_id))
    return redirect("web:job", job_id=found.pk)


@signed_in
@require_POST
def discard(request: PersonRequest, job_id: UUID) -> HttpResponse:
    """Throw a photo away."""
    vision.discard(by=request.user, job=_job(request, job_id))
    messages.success(request, _("The photo is gone."))
    return redirect("web:capture")
