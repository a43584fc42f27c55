"""How a picture is shown to whoever may see it. Which address that is, and who may, is decided elsewhere."""

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from biologidex.media import services
from biologidex.media.developed import extension_of
from biologidex.media.tokens import Capability

CONTENT_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
# A picture opened by itself runs nothing and loads nothing.
HARMLESS = "default-src 'none'; sandbox"


def picture(request: HttpRequest, photo_id: UUID, variant: str, *, etag: str, cache: str) -> HttpResponseBase:
    """Answer with a picture, or only that it is still the one that a browser has."""
    content = services.open_picture(photo_id, variant)
    kept = HttpResponse()
    kept["Cache-Control"] = cache
    kept["ETag"] = etag
    not_modified = get_conditional_response(request, etag=etag, response=kept)
    if not_modified is not kept and not_modified is not None:
        content.close()
        return not_modified
    extension = extension_of(variant)
    answer = FileResponse(content, filename=f"{variant}.{extension}", content_type=CONTENT_TYPES[extension])
    for name, value in kept.items():
        answer.headers.setdefault(name, value)
    answer["Content-Security-Policy"] = HARMLESS
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"  # who was given its address may show it anywhere
    return answer


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
