"""The host name that is set aside for the admin. At every other name there is no such thing."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

from biologidex.core import identity

ADDRESSES, PLACE = "biologidex.config.admin_urls", "/admin/"


class AdminHostMiddleware:
    """Gives the admin's host its addresses, and cookies that no link from elsewhere brings along."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer. In the admin everything is seen, as far as somebody is let in: they may do everything."""
        if not settings.ADMIN_HOST or split_domain_port(request.get_host())[0] != settings.ADMIN_HOST:
            return self.get_response(request)
        request.urlconf = ADDRESSES
        if request.path_info.startswith(PLACE):
            with identity.everything():
                answer = self.get_response(request)
        else:
            answer = self.get_response(request)
        for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
            if name in answer.cookies:
                answer.cookies[name]["samesite"] = "Strict"
        return answer
