"""The tokens of programs: each carries the id of its sign-in, and lets nobody in once that has ended.

Apart from the API's views, because these ask for the class that reads tokens while they are being imported.
"""

import time
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken, TokenError
from rest_framework_simplejwt.tokens import Token

from biologidex.accounts import selectors, services
from biologidex.accounts.errors import StaleToken
from biologidex.accounts.models import Session, User
from biologidex.accounts.selectors import SignedIn
from biologidex.accounts.signing import Access, Refresh
from biologidex.core.inputs import Inputs
from biologidex.core.prepared import Row

SESSION = "sid"
BEARER = "Bearer "
RECOGNISED = "signed_in"  # of a request whose sender is known already


class SessionToken(JWTAuthentication):
    """Reads access tokens. Whether the sign-in is still under way, and whose it is, is one question."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:  # type: ignore[override]
        """Return whoever signed in, or refuse."""
        known: tuple[SignedIn, Token] | None = getattr(request._request, RECOGNISED, None)
        if known is None:
            header = self.get_header(request)
            sent = self.get_raw_token(header) if header else None
            if sent is None:
                return None
            known = self._signed_in(sent, None)
        session, token = known
        return session.user, token

    def recognise(self, request: HttpRequest, inputs: Inputs) -> tuple[UUID, Row] | None:
        """Return who asks and what their answers are made of, None for whoever is not let in."""
        header: str = request.META.get("HTTP_AUTHORIZATION", "")
        if not header.startswith(BEARER):
            return None
        try:
            known = self._signed_in(header.removeprefix(BEARER).encode(), inputs)
        except (AuthenticationFailed, UnicodeError):
            return None
        setattr(request, RECOGNISED, known)
        return known[0].user_id, known[0].told

    def _signed_in(self, sent: bytes, inputs: Inputs | None) -> tuple[SignedIn, Token]:
        token = self._opened(sent)
        session = selectors.session_under_way(token.get(SESSION), inputs)
        if session is None:
            raise InvalidToken
        services.note_seen(session.session_id, last=session.seen_at)
        return session, token

    def _opened(self, sent: bytes) -> Token:
        """Return what a token says. Its signature is looked at once, its time at each request."""
        try:
            token = _signed_by_us(sent, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        except TokenError:
            return self.get_validated_token(sent)  # refuses, with the reason
        return token if token["exp"] > time.time() else self.get_validated_token(sent)


@lru_cache(10_000)
def _signed_by_us(sent: bytes, *keys: str) -> Token:  # noqa: ARG001 -- other keys make another question of it
    return Access(sent)  # type: ignore[arg-type]


def tokens_for(session: Session) -> dict[str, str]:
    """Return the two tokens of a new sign-in. The refresh token serves until it expires or the sign-in ends."""
    refresh = Refresh.for_user(session.user)
    refresh[SESSION] = str(session.pk)
    return {"access": str(refresh.access_token), "refresh": str(refresh)}


def refreshed(token: str) -> str:
    """Return a new access token, or raise StaleToken."""
    try:
        refresh = Refresh(token)  # type: ignore[arg-type]
    except TokenError as error:
        raise StaleToken("You are no longer signed in. Please sign in again.") from error
    session = selectors.session_under_way(refresh.get(SESSION))
    if session is None:
        raise StaleToken("You are no longer signed in. Please sign in again.")
    services.note_seen(session.session_id, last=session.seen_at)
    return str(refresh.access_token)


def session_of(request: Request) -> str | None:
    """Return the id of the sign-in that a request belongs to, if it came with a token."""
    return request.auth.get(SESSION) if isinstance(request.auth, Token) else None
