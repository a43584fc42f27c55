"""In which language a page speaks: the one its reader chose, or the first their browser asks for that we know."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from biologidex.web import names

FOR_A_PAGE = "X-For-Page"


def _for_a_page(request: HttpRequest) -> bool:
    """Whether a page's script asks, and shows people the answer. What is only read may be kept, and stays English."""
    return FOR_A_PAGE in request.headers and request.method not in {"GET", "HEAD", "OPTIONS"}


class LanguageMiddleware:
    """Speaks the reader's language on pages.

    Django's own would do so for the API as well, whose words programs read and whose answers are kept for everybody;
    and it leaves the language behind in the thread.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language of the cookie, or of the browser."""
        if request.path_info.startswith("/api/") and not _for_a_page(request):
            return self.get_response(request)
        language = translation.get_language_from_request(request)
        names.begin()
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", language)
        return response
