"""How somebody wants pages to look: their language, colours and time zone.

The account remembers (`accounts.models.UserProfile`), cookies carry it: so the very first byte of a page is right,
without a flash and without a question to the database, and the sign-in page knows it as well.
"""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from biologidex.accounts.models import UserProfile

SCHEME, ZONE = "scheme", "time_zone"  # names of cookies; the language's is Django's own
KEPT = timedelta(days=365)


def scheme_of(request: HttpRequest) -> str:
    """Return `light` or `dark` if the person has chosen, else a blank: then their device decides."""
    chosen = request.COOKIES.get(SCHEME, "")
    return chosen if chosen in UserProfile.ColorScheme.values else ""


def remember(answer: HttpResponse, profile: UserProfile) -> HttpResponse:
    """Let the browser know what the account says. What is not chosen there is forgotten here."""
    chosen = {
        SCHEME: profile.color_scheme,
        ZONE: profile.time_zone,
        settings.LANGUAGE_COOKIE_NAME: profile.language,
    }
    for name, value in chosen.items():
        _remember(answer, name, value)
    return answer


def remember_language(answer: HttpResponse, language: str) -> None:
    """Let the browser know in which language pages speak to whoever uses it."""
    _remember(answer, settings.LANGUAGE_COOKIE_NAME, language)


def _remember(answer: HttpResponse, name: str, value: str) -> None:
    if value:
        answer.set_cookie(name, value, max_age=KEPT, secure=settings.HTTPS, httponly=True, samesite="Lax")
    else:
        answer.delete_cookie(name, samesite="Lax")


class TimeZoneMiddleware:
    """Lets pages tell times as the person's clock does. Programs are told UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        chosen = request.COOKIES.get(ZONE, "")
        if not chosen or request.path.startswith("/api/") or chosen not in available_timezones():
            return self.get_response(request)
        with timezone.override(ZoneInfo(chosen)):
            return self.get_response(request)
