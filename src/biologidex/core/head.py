"""What the headers of answers say, whichever view made them."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers


class HeadMiddleware:
    """Leaves the body out of answers to HEAD.

    Views answer HEAD as they answer GET and leave this to the server in front. The embedded one sends whatever it
    is given, and the body would be read as the beginning of the connection's next answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and keep every header, the length of the body included."""
        answer = self.get_response(request)
        if request.method == "HEAD":
            if isinstance(answer, StreamingHttpResponse):
                answer.streaming_content = ()
            elif isinstance(answer, HttpResponse):
                answer.content = b""
        return answer


class IsolationMiddleware:
    """Keeps answers out of other sites' pages, and devices of the visitor out of frames in ours.

    A view that is made for other sites says so itself, in Cross-Origin-Resource-Policy. Sites that call the API by
    leave (CORS) are not concerned: that header is about pictures, scripts and the like.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and say for whom."""
        answer = self.get_response(request)
        answer.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return answer


class PrivateAnswersMiddleware:
    """Lets nobody but the asking program keep an answer of the API, and that only if it asks again each time.

    With the ETag that Django adds, asking again costs no bytes. A view that knows better sets Cache-Control itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and say who may keep it."""
        answer = self.get_response(request)
        if request.path.startswith("/api/"):
            answer.headers.setdefault("Cache-Control", "private, no-cache")
            patch_vary_headers(answer, ["Accept", "Authorization", "Cookie"])
        return answer
