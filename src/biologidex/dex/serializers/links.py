"""The shapes of links to cards in JSON."""

from typing import Any

from rest_framework import serializers

from biologidex.core.serializers import WholeNumber
from biologidex.dex.models import ShareLink
from biologidex.dex.services.sharing import DAYS, USUAL_DAYS


class LinkIn(serializers.Serializer[Any]):
    """To which card a link leads, for how long, and what it tells besides."""

    entry = serializers.UUIDField()
    days = WholeNumber(default=USUAL_DAYS, help_text=f"One of {', '.join(map(str, DAYS))}.")
    tells_place = serializers.BooleanField(
        default=False, help_text="Roughly: the cell of 20 km, never the place."
    )
    tells_notes = serializers.BooleanField(default=False)


class LinkOut(serializers.Serializer[ShareLink]):
    """A link that its owner has made."""

    id = serializers.CharField()
    entry = serializers.CharField()
    tells_place = serializers.BooleanField()
    tells_notes = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    is_open = serializers.BooleanField(help_text="Whether it leads to the card now.")


class NewLinkOut(LinkOut):
    """A link that was made just now, with its address."""

    address = serializers.CharField()


def link_out(link: ShareLink) -> dict[str, Any]:
    """Return the JSON of a `LinkOut`."""
    return {
        "id": str(link.pk),
        "entry": str(link.entry_id),
        "tells_place": link.tells_place,
        "tells_notes": link.tells_notes,
        "created_at": link.created_at,
        "expires_at": link.expires_at,
        "revoked_at": link.revoked_at,
        "is_open": link.is_open,
    }
