"""Whose a page is, told to the service worker: it keeps pages for one person, and empties them for the next."""

from collections.abc import Callable
from http.client import BAD_REQUEST

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "X-Person"
NOBODY = "nobody"


class PersonMiddleware:
    """Names whoever is signed in, in a header of every page; has browsers forget those who are not any more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and say for whom."""
        answer = self.get_response(request)
        # Whoever a page of a fault is for: who it is would have to be asked, and what is broken may be the database.
        if answer.status_code < BAD_REQUEST and answer.headers.get("Content-Type", "").startswith(
            "text/html"
        ):
            answer.headers[HEADER] = str(request.user.pk) if request.user.is_authenticated else NOBODY
            if _has_left(request):
                answer.headers["Clear-Site-Data"] = '"cache"'  # what waits to be sent stays theirs
        return answer


def _has_left(request: HttpRequest) -> bool:
    """Whether a browser came with a sign-in that is over: ended just now, or elsewhere."""
    return bool(request.COOKIES.get(settings.SESSION_COOKIE_NAME)) and request.session.is_empty()
