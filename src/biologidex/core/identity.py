"""For whom the database is asked. PostgreSQL's row-level security lets that person's rows through and no others.

    with identity.acting_as(viewer_id): ...     a person, or None for somebody who has not signed in
    with identity.everything(): ...             work that nobody in particular asked for

Code that says nothing acts for nobody, and nobody sees nothing. A request acts for whoever sent it. This is a second
fence behind `visible_to`: what it lets through is the same, and a forgotten filter meets it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase

NOBODY = ""
ANONYMOUS = "anonymous"
EVERYTHING = "everything"
_acting: ContextVar[Callable[[], str] | None] = ContextVar("acting", default=None)
unsaid = NOBODY  # for whom code acts that says nothing; tests act for everybody


def current() -> str:
    """Return for whom statements are sent now: a person's id as text, or one of the three words above."""
    acting = _acting.get()
    return acting() if acting else unsaid


@contextmanager
def acting_as(person_id: UUID | None) -> Iterator[None]:
    """Act for a person, None for somebody unknown, for the length of a block."""
    with _acting_as(str(UUID(str(person_id))) if person_id else ANONYMOUS):
        yield


@contextmanager
def everything() -> Iterator[None]:
    """See and change the rows of all people for the length of a block. Its answer must not depend on who asks."""
    with _acting_as(EVERYTHING):
        yield


@contextmanager
def _acting_as(who: str) -> Iterator[None]:
    mark = _acting.set(lambda: who)
    try:
        yield
    finally:
        _acting.reset(mark)


class IdentityMiddleware:
    """Lets each request act for whoever sent it, as soon as that is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer. The identity stays until the answer is sent: one that streams is made while it is sent."""

        def sender() -> str:
            # Asked when a statement is sent: the API finds out who somebody is only in its views.
            person = getattr(request, "user", None)
            return str(person.pk) if person is not None and person.is_authenticated else ANONYMOUS

        _acting.set(sender)
        return self.get_response(request)


def forget(**_: object) -> None:
    """Act for nobody again. Called when an answer has been sent."""
    _acting.set(None)
