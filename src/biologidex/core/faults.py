"""What answers when no view did: in JSON under /api/, as a page everywhere else."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views import defaults

from biologidex.core.errors import NO_ROOM
from biologidex.core.problems import CONTENT_TYPE, problem
from biologidex.core.versioning import wants_v2

API = "/api/"
DISK_FULL = "53100"  # https://www.postgresql.org/docs/15/errcodes-appendix.html


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

    A database that is away for a moment, or a full disk, is not a fault in what was asked: it is worth asking again.
    """
    error = sys.exc_info()[1]
    if _is_full(error):
        answer = _not_now(request, 507, "This server has no room left. Please try again later.")
        answer["Retry-After"] = "300"
    elif isinstance(error, OperationalError | InterfaceError):
        answer = _not_now(request, 503, "BiologiDex is away for a moment. Please try again.")
        answer["Retry-After"] = "5"
    elif request.path.startswith(API):
        answer = _refused(request, 500, "Something broke on this server. Please try again later.")
    else:
        answer = defaults.server_error(request)
    return answer


def _is_full(error: BaseException | None) -> bool:
    """Whether a disk has no room left, this machine's or the database's."""
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    is_told = getattr(
        getattr(error, "__cause__", None), "sqlstate", ""
    ) == DISK_FULL or "disk is full" in str(error)
    return isinstance(error, OperationalError) and is_told


def _not_now(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    if request.path.startswith(API):
        return _refused(request, status, detail)
    page = loader.get_template("503.html").render({"status": status})
    return HttpResponse(page, status=status)
