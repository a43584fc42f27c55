"""What answers when no view did: in JSON under /api/, as a page everywhere else."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views import defaults

from biologidex.core.problems import CONTENT_TYPE, problem
from biologidex.core.versioning import wants_v2

API = "/api/"


def _refused(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    told = {"detail": detail}
    if wants_v2(request):
        return JsonResponse(problem(status, told), status=status, content_type=CONTENT_TYPE)
    return JsonResponse(told, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django itself refused to read, such as a form with thousands of fields."""
    if request.path.startswith(API):
        return _refused(request, 400, "This request cannot be read.")
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for an address that does not exist."""
    if request.path.startswith(API):
        return _refused(request, 404, "There is nothing at this address.")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for a fault of ours, without a word about its inside. The log has it under the request's id.

    A database that is away for a moment is not a fault in what was asked: it is worth asking again soon.
    """
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    answer = _unavailable(request) if away else _broken(request)
    if away:
        answer["Retry-After"] = "5"
    return answer


def _unavailable(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(API):
        return _refused(request, 503, "BiologiDex is away for a moment. Please try again.")
    return HttpResponse(loader.get_template("503.html").render(), status=503)


def _broken(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(API):
        return _refused(request, 500, "Something broke on this server. Please try again later.")
    return defaults.server_error(request)
