"""What answers when no view did: in JSON under /api/, as a page everywhere else."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django itself refused to read, such as a form with thousands of fields."""
    if request.path.startswith(API):
        return JsonResponse({"detail": "This request cannot be read."}, status=400)
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for an address that does not exist."""
    if request.path.startswith(API):
        return JsonResponse({"detail": "There is nothing at this address."}, status=404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for a fault of ours, without a word about its inside. The log has it under the request's id."""
    if request.path.startswith(API):
        return JsonResponse({"detail": "Something broke on this server. Please try again later."}, status=500)
    return defaults.server_error(request)
