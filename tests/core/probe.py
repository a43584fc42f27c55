"""A little API for the tests of what all parts of the API share: `pytest.mark.urls("core.probe")`."""

from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ValidationError
from rest_framework.views import APIView

from biologidex.core import errors
from biologidex.core.api import OpenView, paged
from biologidex.core.models import Job

REFUSALS: dict[str, Exception] = {
    "field": errors.Invalid("It is too long.", field="name"),
    "invalid": errors.Invalid("It cannot be."),
    "unauthenticated": errors.Unauthenticated("Who are you?"),
    "forbidden": errors.Forbidden("It is Ann's."),
    "missing": errors.NotFound("There is no such thing."),
    "conflict": errors.Conflict("It is done already."),
    "large": errors.TooLarge("It is too large."),
    "many": errors.TooMany("Wait a little.", retry_after=7),
    "down": errors.Unavailable("Come again later."),
    "form": ValidationError({"name": ["This is needed."], "non_field_errors": ["The two differ."]}),
    "nested": ValidationError(
        {"rows": {0: {"name": ["This is needed.", "It is short."]}}, "size": "Too many."}
    ),
    "rows": ValidationError({"rows": [{}, {"of": {"non_field_errors": ["They differ."]}}]}),
    "many rows": ValidationError([{}, {"name": ["This is needed."]}]),
    "list": ValidationError(["The one.", "The other."]),
}


class Refused(OpenView):
    """Answers with the error that the address names."""

    def get(self, request: Request, kind: str) -> Response:
        """Refuse."""
        raise REFUSALS[kind]


def _numbers(rows: list[Job]) -> list[int]:
    return [row.attempts for row in rows]


class Numbers(OpenView):
    """A list."""

    def get(self, request: Request) -> Response:
        """Show one page of the numbers, highest first."""
        return paged(
            Job.objects.all(), request, view=self, ordering=("-run_after", "-attempts"), shape=_numbers
        )


class Feed(OpenView):
    """A list that has cursors in every version."""

    def get(self, request: Request) -> Response:
        """Show one page of the numbers, highest first."""
        jobs, ordering = Job.objects.all(), ("-run_after", "-attempts")
        return paged(jobs, request, view=self, ordering=ordering, shape=_numbers, by_cursor=True)


class Names(OpenView):
    """A list whose order is another: by two texts."""

    def get(self, request: Request) -> Response:
        """Show one page."""
        return paged(Job.objects.all(), request, view=self, ordering=("name", "pk"), shape=_numbers)


class Counted(APIView):
    """Has a limit of its own for sending, and none for looking."""

    permission_classes = [AllowAny]
    rate = {"POST": "upload"}

    def get(self, request: Request) -> Response:
        """Look."""
        return Response({})

    def post(self, request: Request) -> Response:
        """Send."""
        request.data  # noqa: B018 -- reading it may already be refused
        return Response({})


class Named(Counted):
    """Has one limit for all its methods."""

    rate = "name"  # type: ignore[assignment]


class Members(APIView):
    """Open to whoever is signed in."""

    def get(self, request: Request) -> Response:
        """Look."""
        return Response({})


urlpatterns = [
    path("api/v1/refused/<str:kind>/", Refused.as_view()),
    path("api/v1/numbers/", Numbers.as_view()),
    path("api/v1/feed/", Feed.as_view()),
    path("api/v1/names/", Names.as_view()),
    path("api/v1/counted/", Counted.as_view()),
    path("api/v1/named/", Named.as_view()),
    path("api/v1/members/", Members.as_view()),
]

handler404 = "biologidex.core.faults.not_found"
