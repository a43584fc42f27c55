"""Files that nginx sends, because it does so with less: we say which, it never asks anybody else."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

# Of our answer nginx keeps these (ngx_http_proxy_module, X-Accel-Redirect); the others it sets itself.
KEPT = ("Content-Type", "Content-Disposition", "Cache-Control")


class HandoverMiddleware:
    """Answers with where the file is instead of the file, if nginx is there to send it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and hand over what lies in the media folder. Anything else is sent as it is."""
        answer = self.get_response(request)
        if not settings.HANDOVER_PATH or not isinstance(answer, FileResponse) or answer.status_code != 200:
            return answer
        opened = answer.file_to_stream
        file = getattr(opened, "name", None)
        if opened is None or not isinstance(file, str) or not Path(file).is_relative_to(settings.MEDIA_ROOT):
            return answer
        handed = HttpResponse(headers={name: answer[name] for name in KEPT if name in answer})
        handed["X-Accel-Redirect"] = settings.HANDOVER_PATH + quote(
            str(Path(file).relative_to(settings.MEDIA_ROOT))
        )
        opened.close()
        return handed
