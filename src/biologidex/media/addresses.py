"""How a picture is shown to whoever may see it. Which address that is, and who may, is decided by `dex.addresses`."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from biologidex.media import storage
from biologidex.media.tokens import Capability

# A picture opened by itself runs nothing and loads nothing.
HARMLESS = "default-src 'none'; sandbox"


def shown(request: HttpRequest, capability: Capability, *, keep: int) -> HttpResponseBase:
    """Answer with the picture, or raise NotFound. A browser may keep it for `keep` seconds without asking again."""
    content = storage.open_file(storage.variant_name(capability.photo_id, capability.variant))
    kept = HttpResponse()
    kept["Cache-Control"] = f"private, max-age={min(keep, capability.seconds_left())}"
    kept["ETag"] = capability.etag
    not_modified = get_conditional_response(request, etag=capability.etag, response=kept)
    if not_modified is not kept and not_modified is not None:
        content.close()
        return not_modified
    answer = FileResponse(content, filename=f"{capability.variant}.jpg", content_type="image/jpeg")
    for name, value in kept.items():
        answer.headers.setdefault(name, value)
    answer["Content-Security-Policy"] = HARMLESS
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
