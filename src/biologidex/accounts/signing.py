"""The keys that tokens of programs are signed with: the one of today signs, those before it are still believed.

Each token names its key (`kid`), so that a key can be replaced while people are signed in: see docs/security.md.
"""

import hashlib
from functools import cache
from typing import Any

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

ALGORITHM = "HS256"


def _name_of(key: str) -> str:
    return hashlib.sha256(b"biologidex.accounts.signing:" + key.encode()).hexdigest()[:16]


@cache
def _backend(key: str) -> TokenBackend:
    return TokenBackend(ALGORITHM, key)


class KeyRing:
    """What the tokens below are signed and read with."""

    def encode(self, payload: dict[str, Any]) -> str:
        """Return a signed token that names its key."""
        key = settings.SECRET_KEY
        return jwt.encode(payload, key, algorithm=ALGORITHM, headers={"kid": _name_of(key)})

    def decode(self, token: Token, verify: bool = True) -> dict[str, Any]:
        """Return what a token says, or raise TokenBackendError."""
        for key in self._keys_for(token):
            try:
                return _backend(key).decode(token, verify=verify)
            except TokenBackendExpiredToken:
                raise
            except TokenBackendError:
                continue
        raise TokenBackendError("Token is invalid")

    def _keys_for(self, token: Token) -> list[str]:
        """Return the key that a token names; all of them if it names none, as tokens once did."""
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        try:
            name = jwt.get_unverified_header(token).get("kid")  # type: ignore[arg-type]
        except jwt.InvalidTokenError:
            return []
        return [key for key in keys if name in (None, _name_of(key))]

    def get_leeway(self) -> Any:
        """Return by how much clocks may differ."""
        return _backend(settings.SECRET_KEY).get_leeway()


class Access(AccessToken):
    """Lets a program in for an hour."""

    _token_backend = KeyRing()  # type: ignore[assignment]


class Refresh(RefreshToken):
    """Gets a program new access tokens for as long as it is signed in."""

    _token_backend = KeyRing()  # type: ignore[assignment]
    access_token_class = Access
