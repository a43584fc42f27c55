"""HEAD is answered by headers alone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase


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
