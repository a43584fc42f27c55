"""What the pages' script asks while it sends photos by the API: who is here, what becomes of a photo.

Its answers are JSON. Whatever it asks a second time, because the first answer was lost, is answered the same.
"""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from biologidex.core.errors import Invalid
from biologidex.core.throttling import spend
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import cards_with
from biologidex.media import services as media
from biologidex.media.framing import Crop
from biologidex.media.limits import most_bytes, most_in_pieces
from biologidex.media.models import Photo
from biologidex.vision import parts
from biologidex.vision import services as vision
from biologidex.vision.models import AnalysisJob
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.forms import PlaceForm
from biologidex.web.templatetags.plates import name_of, plate_number


class ArrivalForm(PlaceForm):
    """A photo that has arrived, and what its owner said of it before."""

    photo = forms.ModelChoiceField(Photo.objects.none())
    again = forms.BooleanField(required=False)  # although a card shows it already

    def __init__(self, request: PersonRequest) -> None:
        super().__init__(request.POST)
        self.fields["photo"].queryset = Photo.objects.visible_to(request.user)  # type: ignore[attr-defined]


@signed_in
@require_safe
def ready(request: PersonRequest) -> HttpResponse:
    """Tell who is here and what a request to send needs. Whatever waits for somebody else is not sent."""
    told = {
        "person": str(request.user.pk),
        "csrf": get_token(request),
        "longest_piece": most_bytes(),
        "largest": most_in_pieces(),
    }
    return JsonResponse(told)


@signed_in
@require_POST
def arrived(request: PersonRequest) -> HttpResponse:
    """Have a photo identified that has arrived, or say on which card it is already."""
    form = ArrivalForm(request)
    if not form.is_valid():
        gone = "photo" in form.errors
        detail = _("This photo is not here any more.") if gone else _("That place is none on Earth.")
        return JsonResponse({"detail": detail}, status=404 if gone else 400)
    photo: Photo = form.cleaned_data["photo"]
    crops = _crops(request)
    if place := form.place():
        media.locate(by=request.user, photo=photo, place=place)
    if not (crops or form.cleaned_data["again"]) and (known := known_card(photo)):
        return JsonResponse({"known": _card_told(request, known)})
    if not crops:
        job, _is_new = vision.start(by=request.user, photo=photo)
        return _tiles([job])
    for _part in crops[1:]:  # the first was counted when the photo was announced
        spend("upload", str(request.user.pk))
    return _tiles(parts.start_parts(by=request.user, photo=photo, crops=crops))


@signed_in
@require_POST
def split(request: PersonRequest, job_id: UUID) -> HttpResponse:
    """Identify each animal by itself that somebody has drawn around."""
    mine = AnalysisJob.objects.visible_to(request.user).select_related("photo")
    job = get_object_or_404(mine, pk=job_id)
    crops = _crops(request)
    for _part in crops:
        spend("upload", str(request.user.pk))
    return _tiles(parts.split(by=request.user, job=job, crops=crops))


def known_card(photo: Photo) -> DexEntry | None:
    """Return the card that shows a photo already, unless it is being identified once more anyway."""
    if AnalysisJob.objects.open().filter(photo=photo).exists():
        return None
    return next(iter(cards_with(photo)), None)


def _card_told(request: PersonRequest, card: DexEntry) -> dict[str, Any]:
    first = card.photos.all()[0].photo
    return {
        "url": resolve_url("web:card", entry_id=card.pk),
        "number": plate_number(card.animal.creation_index),
        "name": name_of(card.animal.taxon),
        "picture": media.address(first, "thumb", viewer=request.user),
    }


def _crops(request: PersonRequest) -> list[Crop]:
    try:
        return parts.crops_told(json.loads(request.POST.get("crops") or "[]"))
    except json.JSONDecodeError as error:
        raise Invalid(_("What was drawn around cannot be read."), field="crops") from error


def _tiles(jobs: list[AnalysisJob]) -> HttpResponse:
    told = [
        {"job": str(job.pk), "tile": f"{resolve_url('web:job-progress', job_id=job.pk)}?as=tile"}
        for job in {job.pk: job for job in jobs}.values()
    ]
    return JsonResponse({"tiles": told}, status=201)
