"""Where domain errors become pages: the counterpart of `core.api` for people."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from biologidex.core.api import headers_of, said, status_of
from biologidex.core.errors import DomainError
from biologidex.web.access import wants_json

TITLES = {
    400: _("That does not work"),
    401: _("Sign in first"),
    403: _("Not yours to change"),
    404: _("Nothing lives here"),
    409: _("Too late for that"),
    413: _("Too large"),
    429: _("A short rest"),
    503: _("Not available right now"),
}


class DomainErrorMiddleware:
    """Answers a domain error that a page view raised with its sentence, in the shape the browser asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer domain errors of pages; leave everything else, and the API, to others."""
        if not isinstance(error, DomainError) or request.path.startswith("/api/"):
            return None
        return fault(request, error)


def fault(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Return JSON for our scripts, a notice for htmx, a page for everybody else."""
    answer = _told(request, error)
    for name, value in headers_of(error).items():
        answer[name] = value
    return answer


def _told(request: HttpRequest, error: DomainError) -> HttpResponse:
    status = status_of(error)
    if wants_json(request):
        return JsonResponse({"detail": said(error), "code": error.code}, status=status)
    shown = {"status": status, "title": TITLES.get(status, TITLES[400]), "message": said(error)}
    if getattr(request, "htmx", None):
        answer = render(request, "web/_notice.html", shown, status=status)
        answer["HX-Retarget"] = "#notices"
        answer["HX-Reswap"] = "beforeend"
        return answer
    return render(request, "web/fault.html", shown, status=status)
