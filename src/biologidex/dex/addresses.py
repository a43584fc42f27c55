"""The capability addresses: pictures for whoever has the address, as long as its viewer may see them."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.response import HttpResponseBase
from django.urls import path, re_path
from django.views.decorators.http import require_safe

from biologidex.core import identity
from biologidex.core.errors import NotFound
from biologidex.dex.blank_plate import blank_plate
from biologidex.dex.selectors import audience_of
from biologidex.media import tokens
from biologidex.media.api.pictures import shown
from biologidex.media.developed import extension_of
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
def no_picture(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- the same for everybody
    """Show what stands for the picture of a card without a photo."""
    answer = HttpResponse(blank_plate(), content_type="image/png")
    answer["Cache-Control"] = "public, max-age=86400"
    return answer


urlpatterns = [
    path("photos/none.png", no_picture, name="no-picture"),
    re_path(r"^photos/(?P<token>[\w.-]{1,200})\.(?P<extension>jpg|png)$", picture, name="picture"),
]
