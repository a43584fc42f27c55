"""What every part of the API shares: domain errors become HTTP answers here alone, and lists are cut into pages."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page
from django.http import Http404
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler
from rest_framework_simplejwt.exceptions import InvalidToken

from biologidex.core import errors

STATUS: dict[type[errors.DomainError], int] = {
    errors.Invalid: status.HTTP_400_BAD_REQUEST,
    errors.Unauthenticated: status.HTTP_401_UNAUTHORIZED,
    errors.Forbidden: status.HTTP_403_FORBIDDEN,
    errors.NotFound: status.HTTP_404_NOT_FOUND,
    errors.Conflict: status.HTTP_409_CONFLICT,
    errors.TooLarge: status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    errors.TooMany: status.HTTP_429_TOO_MANY_REQUESTS,
    errors.Unavailable: status.HTTP_503_SERVICE_UNAVAILABLE,
}


def status_of(error: errors.DomainError) -> int:
    """Return the HTTP status of a domain error: that of its nearest known kind, 400 otherwise."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), status.HTTP_400_BAD_REQUEST)


def headers_of(error: errors.DomainError) -> dict[str, str]:
    """Return what HTTP wants said beside the body: how to prove who one is, or how long to wait."""
    if isinstance(error, errors.Unauthenticated):
        return {"WWW-Authenticate": 'Bearer realm="api"'}
    if isinstance(error, errors.TooMany) and error.retry_after:
        return {"Retry-After": str(error.retry_after)}
    return {}


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Shape every error: `{field: [sentence]}` if a field is to blame, else `{"detail": sentence}`.

    These two are all that the existing client reads. An error that is nobody's input returns None, and Django
    answers 500 without a word about internals.
    """
    if isinstance(error, errors.DomainError):
        body = {error.field: [error.message]} if error.field else {"detail": error.message}
        return Response({**body, "code": error.code}, status=status_of(error), headers=headers_of(error))
    answer = exception_handler(error, context)
    if answer is not None and isinstance(error, InvalidToken):
        answer.data = {
            "detail": "You are no longer signed in. Please sign in again.",
            "code": error.default_code,
        }
    if answer is not None and isinstance(error, Http404):  # its own words name our tables
        answer.data = {"detail": "There is no such thing, or it is not yours to see.", "code": "not_found"}
    if answer is not None and isinstance(answer.data, list):
        # A bare list kills the existing client's handler.
        answer.data = {"detail": " ".join(str(item) for item in answer.data)}
    return answer


class OpenView(APIView):
    """Open to everybody, and blind to a stale token that a program may still send along."""

    authentication_classes: Sequence[type[BaseAuthentication]] = []
    permission_classes = [AllowAny]


class Pages(PageNumberPagination):
    """Numbered pages: an object with `count`, `next`, `previous` and `results`."""

    page_size_query_param = "page_size"
    max_page_size = 200

    def get_paginated_response(self, data: Any) -> Response:
        """Wrap one page."""
        page: Page[Any] = self.page  # type: ignore[assignment]
        return Response(
            {
                "count": page.paginator.count,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
                "results": data,
            }
        )
