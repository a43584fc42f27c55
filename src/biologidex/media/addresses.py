"""How a picture is shown to whoever may see it. Which address that is, and who may, is decided by `dex.addresses`."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from biologidex.media.answers import picture
from biologidex.media.tokens import Capability


def shown(request: HttpRequest, capability: Capability, *, keep: int) -> HttpResponseBase:
    """Answer with the picture, or raise NotFound. A browser may keep it for `keep` seconds without asking again."""
    seconds = min(keep, capability.seconds_left())
    return picture(
        request,
        capability.photo_id,
        capability.variant,
        etag=capability.etag,
        cache=f"private, max-age={seconds}",
    )
