"""Whose a page is, told to the service worker: it keeps pages for one person, and empties them for the next."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

HEADER = "X-Person"
NOBODY = "nobody"


class PersonMiddleware:
    """Names whoever is signed in, in a header of every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and say for whom."""
        answer = self.get_response(request)
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            answer.headers[HEADER] = str(request.user.pk) if request.user.is_authenticated else NOBODY
        return answer


def left_behind(answer: HttpResponse) -> HttpResponse:
    """Have the browser forget pages and pictures of whoever has just left. What waits to be sent stays theirs."""
    answer["Clear-Site-Data"] = '"cache"'
    return answer
