"""The shape of a friend in JSON."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from biologidex.accounts.models import User


class FriendOut(serializers.Serializer[User]):
    """A friend, and how much of their dex one may see: what they keep to themselves is not counted either."""

    id = serializers.CharField()
    username = serializers.CharField()
    friend_code = serializers.CharField()
    avatar = serializers.CharField()
    total_catches = serializers.IntegerField(help_text="Cards.")
    unique_species = serializers.IntegerField(help_text="A card of a genus or a family counts as no species.")


def friend_out(friend: User, counts: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the JSON of a `FriendOut`; `counts` as `selectors.counts_for` gives them."""
    return {
        "id": str(friend.pk),
        "username": friend.username,
        "friend_code": friend.friend_code,
        "avatar": "",
        "total_catches": counts["cards"] if counts else 0,
        "unique_species": counts["species"] if counts else 0,
    }
