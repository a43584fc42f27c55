"""What every part of the API shares: domain errors become HTTP answers here alone, and lists are cut into pages."""

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, Throttled
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler
from rest_framework_simplejwt.exceptions import InvalidToken

from biologidex.core import errors
from biologidex.core.cursors import LONGEST_PAGE, PAGE, CursorPages
from biologidex.core.problems import CONTENT_TYPE, flat, problem
from biologidex.core.throttling import spend_as_stranger
from biologidex.core.versioning import is_v2

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
    """Shape every error: in v1 `{field: [sentence]}` if a field is to blame, else `{"detail": sentence}`.

    These two are all that the existing client reads. In v2 it is a problem document. An error that is nobody's
    input returns None, and Django answers 500 without a word about internals.
    """
    answer = _answer(error, context)
    request = context.get("request")
    if answer is not None and request is not None and is_v2(request):
        return _problem(answer)
    return answer


def _answer(error: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(error, AuthenticationFailed | NotAuthenticated):
        # The framework asks who it is before it asks for rates: only here are these requests counted.
        seconds = spend_as_stranger(context["request"])
        error = Throttled(wait=seconds) if seconds else error
    if isinstance(error, errors.DomainError):
        body = {error.field: [said(error)]} if error.field else {"detail": said(error)}
        return Response({**body, "code": error.code}, status=status_of(error), headers=headers_of(error))
    answer = exception_handler(error, context)
    if answer is None:
        return None
    if isinstance(error, InvalidToken):
        answer.data = {
            "detail": "You are no longer signed in. Please sign in again.",
            "code": error.default_code,
        }
    if isinstance(error, Http404):  # its own words name our tables
        answer.data = {"detail": "There is no such thing, or it is not yours to see.", "code": "not_found"}
    if isinstance(error, Throttled):
        answer.data = {"detail": _patience(getattr(error, "wait", None)), "code": "too_many"}
    answer.data = flat(answer.data)
    return answer


def said(error: errors.DomainError) -> str:
    """Say what went wrong in the language that is spoken: English to programs, on pages that of the reader."""
    if not error.sentence:
        return error.message
    told = {name: gettext(one) if isinstance(one, errors.Word) else one for name, one in error.told.items()}
    return gettext(error.sentence) % told if told else gettext(error.sentence)


def _patience(seconds: float | None) -> str:
    minutes = -(-int(seconds or 60) // 60)
    return f"Too many requests. Please try again in {minutes} minute{'s' if minutes > 1 else ''}."


def _problem(answer: Response) -> Response:
    answer.data = problem(answer.status_code, answer.data or {})
    answer.content_type = CONTENT_TYPE
    return answer


class OpenView(APIView):
    """Open to everybody, and blind to a stale token that a program may still send along."""

    authentication_classes: Sequence[type[BaseAuthentication]] = []
    permission_classes = [AllowAny]


class WelcomeView(APIView):
    """Open to everybody, and tells whoever has signed in what is for them. A stale token counts as none."""

    permission_classes = [AllowAny]

    def perform_authentication(self, request: Request) -> None:
        """Find out who it is, if that can be known."""
        with contextlib.suppress(AuthenticationFailed):  # then it is nobody
            super().perform_authentication(request)


class FileView(APIView):
    """Answers with a file."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: ARG002
        """Answer with it whatever kinds the program says it prefers; only errors are JSON."""
        return super().perform_content_negotiation(request, force=True)


class _Paginator(Paginator):  # type: ignore[type-arg] # it knows of types only while they are checked
    """Counts what there is without what is told of it."""

    counted: "QuerySet[Any, Any]"

    @cached_property
    def count(self) -> int:
        """Return how many there are on all pages."""
        return self.counted.count()


class Pages(PageNumberPagination):
    """Numbered pages: an object with `count`, `next`, `previous` and `results`."""

    page_size = PAGE
    page_size_query_param = "page_size"
    max_page_size = LONGEST_PAGE

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


def paged(  # noqa: PLR0913 -- all but two go by name
    found: "QuerySet[Any, Any]",
    request: Request,
    *,
    view: APIView,
    ordering: Sequence[str],
    shape: Callable[[list[Any]], Any] = list,
    by_cursor: bool = False,
    size: int | None = None,
    told: "Callable[[QuerySet[Any, Any]], QuerySet[Any, Any]]" = lambda rows: rows,
) -> Response:
    """Answer with one page of a list: numbered in v1 (unless `by_cursor`), by cursor in v2.

    `ordering` names columns that are never null, a unique one last. `told` adds to what is found what is told of it,
    which need not be there to count it. `shape` turns the rows of one page into JSON, all at once. `size` is how many
    a page has if the request does not say.
    """
    pages: Pages | CursorPages
    if by_cursor or is_v2(request):
        pages = CursorPages()
        pages.ordering = tuple(ordering)
    else:
        pages = Pages()
        pages.django_paginator_class = type("Counting", (_Paginator,), {"counted": found})
    if size:
        pages.page_size, pages.max_page_size = size, max(size, LONGEST_PAGE)
    rows = pages.paginate_queryset(told(found).order_by(*ordering), request, view=view)
    return pages.get_paginated_response(shape(list(rows or [])))
