"""Capabilities: who has the address may see the picture, until it expires. Nothing in it can be guessed or changed.

An address is made for one viewer and says so. It works as long as that viewer may see the photo, whoever uses it:
the existing client loads pictures without saying who it is.
"""

import base64
import functools
import hashlib
import hmac
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core import signing

from biologidex.media.developed import DEX, RECIPE, VARIANTS
from biologidex.media.errors import NoSuchPicture

DAY = 24 * 60 * 60

SIGNER = signing.Signer(sep=".", salt="biologidex.media.address")


@dataclass(frozen=True)
class Capability:
    """What an address opens, and until when (seconds since 1970)."""

    photo_id: UUID
    variant: str
    viewer_id: UUID | None  # None: somebody who has not signed in
    expires: int

    @property
    def etag(self) -> str:
        """Names the bytes: they change only with the recipe."""
        return f'"{self.photo_id.hex}-{self.variant}-{RECIPE}"'

    def seconds_left(self) -> int:
        """How long a browser may keep the picture."""
        return max(0, self.expires - int(time.time()))


def token_for(photo_id: UUID, variant: str, *, viewer_id: UUID | None) -> str:
    """Return the token of a picture for a viewer. It is the same for days, so that a browser asks once.

    It works PHOTO_ADDRESS_DAYS at least, counted from a day from now, for which an answer that tells it may be kept;
    and twice that at most. Each photo changes its token at a time of its own, lest all be fetched anew at once.
    """
    return tokens_for(photo_id, [variant], viewer_id=viewer_id)[variant]


def tokens_for(photo_id: UUID, variants: Sequence[str], *, viewer_id: UUID | None) -> dict[str, str]:
    """Return the tokens of several pictures of a photo."""
    if unknown := set(variants) - {*VARIANTS, DEX}:
        raise ValueError(f"There is no variant {unknown.pop()!r}.")
    period = settings.PHOTO_ADDRESS_DAYS * DAY
    shift = photo_id.int % period
    expires = ((int(time.time()) + shift) // period + 2) * period - shift + DAY
    photo, viewer = photo_id.hex, viewer_id.hex if viewer_id else ""
    return {variant: _signed(f"{photo}.{variant}.{viewer}.{expires:x}") for variant in variants}


def _signed(text: str) -> str:
    """Sign as SIGNER does, which works out its key anew for each signature. A list has thousands of them."""
    digest = hmac.digest(_derived(SIGNER.salt, SIGNER.key), text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


@functools.cache
def _derived(salt: str, key: str) -> bytes:
    return hashlib.sha256(f"{salt}signer{key}".encode()).digest()


def opened(token: str) -> Capability:
    """Return what the token opens, or raise NoSuchPicture: changed and expired tokens open nothing."""
    try:
        photo_id, variant, viewer_id, expires = SIGNER.unsign(token).split(".")
        capability = Capability(
            UUID(photo_id), variant, UUID(viewer_id) if viewer_id else None, int(expires, 16)
        )
    except (signing.BadSignature, ValueError) as error:
        raise NoSuchPicture from error
    if not capability.seconds_left():
        raise NoSuchPicture
    return capability
