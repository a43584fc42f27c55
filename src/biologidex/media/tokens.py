"""Capabilities: who has the address may see the picture, until it expires. Nothing in it can be guessed or changed.

An address is made for one viewer and says so. It works as long as that viewer may see the photo, whoever uses it:
the existing client loads pictures without saying who it is.
"""

import time
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
    if variant not in VARIANTS and variant != DEX:
        raise ValueError(f"There is no variant {variant!r}.")
    period = settings.PHOTO_ADDRESS_DAYS * DAY
    shift = photo_id.int % period
    expires = ((int(time.time()) + shift) // period + 2) * period - shift + DAY
    return SIGNER.sign(f"{photo_id.hex}.{variant}.{viewer_id.hex if viewer_id else ''}.{expires:x}")


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
