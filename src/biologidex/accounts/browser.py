"""The sign-ins of browsers: Django's own session with its cookie, noted so that it can be listed and ended."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import auth
from django.http import HttpRequest
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from biologidex.accounts import services
from biologidex.accounts.devices import device_of
from biologidex.accounts.models import User

SESSION, SEEN, NOTED = "sign_in", "seen_at", "noted_key"  # what Django's session says of ours


class SessionCookie(SessionAuthentication):
    """Lets the pages' own scripts use the API."""

    def authenticate(self, request: Request) -> Any:
        """Return whoever signed in on a page, unless that sign-in is over."""
        found = super().authenticate(request)
        if found and not _follow(request._request):
            auth.logout(request._request)
            return None
        return found


def enter(request: HttpRequest, user: User) -> None:
    """Sign a browser in."""
    auth.login(request, user)
    session = services.open_session(
        user=user,
        device=device_of(request.headers.get("User-Agent", "")),
        browser_key=request.session.session_key or "",
    )
    request.session[SESSION] = str(session.pk)
    request.session[SEEN] = session.seen_at.timestamp()
    request.session[NOTED] = request.session.session_key


def stay(request: HttpRequest, user: User) -> None:
    """Stay signed in with a new password. The cookie changes, since the old one might be somebody else's too."""
    if auth.SESSION_KEY not in request.session:
        return
    auth.update_session_auth_hash(request, user)
    _follow(request)


def _follow(request: HttpRequest) -> bool:
    """Note that a session goes on under another key. Returns false if it has been ended meanwhile.

    Django gives it one after a new password and, unasked, after a change of the signing key.
    """
    key, session_id = request.session.session_key or "", session_of(request)
    if not session_id or request.session.get(NOTED) == key:
        return True
    request.session[NOTED] = key
    return services.move_session(session_id, browser_key=key)


def note_seen(request: HttpRequest) -> None:
    """Note that a browser is in use. Asks the database for nothing; once an hour it writes, cookie and all."""
    if not _follow(request):
        auth.logout(request)
        return
    if (session_id := session_of(request)) and services.note_seen(
        session_id, last=datetime.fromtimestamp(request.session.get(SEEN, 0), UTC)
    ):
        request.session[SEEN] = datetime.now(UTC).timestamp()


def leave(request: HttpRequest) -> None:
    """Sign a browser out."""
    if isinstance(request.user, User) and (session_id := session_of(request)):
        services.end_session(by=request.user, session_id=session_id)
    auth.logout(request)


def session_of(request: HttpRequest) -> str | None:
    """Return the id of the sign-in that a browser's request belongs to."""
    return request.session.get(SESSION)
