"""The capability addresses: pictures for whoever has the address, as long as its viewer may see them.

Those below a link to a card work as long as the link does, and are asked for anew each time.
"""

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.response import HttpResponseBase
from django.urls import path, re_path
from django.views.decorators.http import require_safe

from biologidex.core import identity
from biologidex.core.errors import NotFound
from biologidex.core.throttling import address_of, spend
from biologidex.dex.blank_plate import blank_plate
from biologidex.dex.errors import LinkEnded
from biologidex.dex.selectors import audience_of, shared_photo
from biologidex.media import tokens
from biologidex.media.api import pictures
from biologidex.media.api.pictures import shown
from biologidex.media.developed import RECIPE, VARIANTS, extension_of
from biologidex.media.errors import NoSuchPicture

# How long a browser shows a picture without asking again, in seconds. One's own stays one's own; of others', the
# right to see them may end at any time.
KEEP_OWN, KEEP = 15 * 24 * 3600, 300


@require_safe
def picture(request: HttpRequest, token: str, extension: str) -> HttpResponseBase:
    """Show a picture, or nothing at all: a changed, expired or unknown address says only 404."""
    try:
        capability = tokens.opened(token)
        if extension != extension_of(capability.variant):
            raise NoSuchPicture
        with identity.acting_as(
            capability.viewer_id
        ):  # whoever asks: browsers and games ask for it without a token
            audience = audience_of(capability.photo_id, viewer_id=capability.viewer_id)
            if audience is None:
                raise NoSuchPicture
            return shown(request, capability, keep=KEEP_OWN if audience == "owner" else KEEP)
    except NotFound as error:
        return HttpResponseNotFound(error.message, content_type="text/plain; charset=utf-8")


@require_safe
def shared_picture(request: HttpRequest, token: str, position: int, variant: str) -> HttpResponseBase:
    """Show a picture on a card behind a link, as long as the link leads there. Nothing is kept longer than that."""
    spend("shared", address_of(request))
    try:
        if variant not in VARIANTS:
            raise NoSuchPicture
        photo_id = shared_photo(token, position)
        named = hashlib.sha256(f"{photo_id.hex}-{variant}-{RECIPE}".encode()).hexdigest()[:32]
        answer = pictures.picture(request, photo_id, variant, etag=f'"{named}"', cache="private, no-cache")
    except NotFound as error:
        answer = HttpResponse(error.message, status=410 if isinstance(error, LinkEnded) else 404)
        answer["Content-Type"] = "text/plain; charset=utf-8"
        answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_safe
def no_picture(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- the same for everybody
    """Show what stands for the picture of a card without a photo."""
    answer = HttpResponse(blank_plate(), content_type="image/png")
    answer["Cache-Control"] = "public, max-age=86400"
    return answer


urlpatterns = [
    path("photos/none.png", no_picture, name="no-picture"),
    path("shared/<str:token>/<int:position>-<str:variant>.jpg", shared_picture, name="shared-picture"),
    re_path(r"^photos/(?P<token>[\w.-]{1,200})\.(?P<extension>jpg|png)$", picture, name="picture"),
]
