"""The tokens of programs: each carries the id of its sign-in, and lets nobody in once that has ended.

Apart from the API's views, because these ask for the class that reads tokens while they are being imported.
"""

import time
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken, TokenError
from rest_framework_simplejwt.tokens import Token

from biologidex.accounts import selectors, services
from biologidex.accounts.errors import StaleToken
from biologidex.accounts.models import Session, User
from biologidex.accounts.signing import Access, Refresh
from biologidex.core.inputs import Inputs
from biologidex.core.prepared import Row

SESSION = "sid"
BEARER = "Bearer "


class SessionToken(JWTAuthentication):
    """Reads access tokens. Whether the sign-in is still under way, and whose it is, is one question."""

    def get_validated_token(self, raw_token: bytes) -> Token:
        """Return what a token says. Its signature is looked at once, its time at each request."""
        try:
            token = _signed_by_us(raw_token, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        except TokenError:
            return super().get_validated_token(raw_token)  # refuses, with the reason
        return token if token["exp"] > time.time() else super().get_validated_token(raw_token)

    def get_user(self, validated_token: Token) -> User:  # type: ignore[override]
        """Return whoever signed in, or refuse."""
        session = selectors.session_under_way(validated_token.get(SESSION))
        if session is None:
            raise InvalidToken
        services.note_seen(session.pk, last=session.seen_at)
        return session.user

    def recognise(self, request: HttpRequest, inputs: Inputs) -> tuple[UUID, Row] | None:
        """Return who asks and what their answers are made of, None for whoever is not let in."""
        sent: str = request.META.get("HTTP_AUTHORIZATION", "")
        if not sent.startswith(BEARER):
            return None
        try:
            token = self.get_validated_token(sent.removeprefix(BEARER).encode())
        except (AuthenticationFailed, UnicodeError):
            return None
        known = selectors.inputs_of_session(token.get(SESSION), inputs)
        if known is None:
            return None
        services.note_seen(token[SESSION], last=known.seen_at)
        return known.user_id, known.told


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
        raise StaleToken(_("You are no longer signed in. Please sign in again.")) from error
    session = selectors.session_under_way(refresh.get(SESSION))
    if session is None:
        raise StaleToken(_("You are no longer signed in. Please sign in again."))
    services.note_seen(session.pk, last=session.seen_at)
    return str(refresh.access_token)


def session_of(request: Request) -> str | None:
    """Return the id of the sign-in that a request belongs to, if it came with a token."""
    return request.auth.get(SESSION) if isinstance(request.auth, Token) else None
