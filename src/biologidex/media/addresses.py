"""The capability addresses: pictures for whoever has the address, without signing in."""

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.urls import re_path
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from biologidex.core.errors import NotFound
from biologidex.media import storage, tokens

# A picture opened by itself runs nothing and loads nothing.
HARMLESS = "default-src 'none'; sandbox"


@require_safe
def picture(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show a picture, or nothing at all: a changed, expired or unknown address says only 404."""
    try:
        capability = tokens.opened(token)
        content = storage.open_file(storage.variant_name(capability.photo_id, capability.variant))
    except NotFound as error:
        return HttpResponseNotFound(error.message, content_type="text/plain; charset=utf-8")
    kept = HttpResponse()
    kept["Cache-Control"] = f"private, max-age={capability.seconds_left()}, immutable"
    kept["ETag"] = capability.etag
    shown = get_conditional_response(request, etag=capability.etag, response=kept)
    if shown is not kept and shown is not None:
        content.close()
        return shown
    answer = FileResponse(content, filename=f"{capability.variant}.jpg", content_type="image/jpeg")
    for name, value in kept.items():
        answer.headers.setdefault(name, value)
    answer["Content-Security-Policy"] = HARMLESS
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


urlpatterns = [re_path(r"^photos/(?P<token>[\w.-]{1,200})\.jpg$", picture, name="picture")]
