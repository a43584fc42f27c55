"""A picture as an answer: to whom it may be shown is decided elsewhere."""

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from biologidex.media import services
from biologidex.media.developed import extension_of

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
    return answer
