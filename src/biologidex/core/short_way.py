"""Programs that read the API go a shorter way: past what only browsers need."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse

from biologidex.core.routes import route_of

# What the middleware after this one would have said of an answer that no browser shows as a page.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Frame-Options": "DENY",
}


class ShortWayMiddleware:
    """Calls the view at once for reads of the API by bearer token, without the middleware that stands after this.

    Sessions, CSRF tokens, messages and pages' policies are for browsers, which come with a cookie: whoever has one
    takes the long way. So does everything that writes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, by whichever way."""
        if not _is_program_that_reads(request):
            return self.get_response(request)
        match = route_of(request)
        if match is None:
            return self.get_response(request)  # it knows about missing slashes
        answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        if isinstance(answer, SimpleTemplateResponse) and not answer.is_rendered:
            answer = answer.render()
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        if not answer.streaming and not answer.has_header("Content-Length"):
            answer.headers["Content-Length"] = str(len(answer.content))  # type: ignore[attr-defined]
        return answer


def _is_program_that_reads(request: HttpRequest) -> bool:
    sent = request.META
    return (
        request.method in {"GET", "HEAD"}
        and sent.get("HTTP_AUTHORIZATION", "").startswith("Bearer ")
        and not sent.get("HTTP_COOKIE")
        and request.path_info.startswith("/api/")
    )
