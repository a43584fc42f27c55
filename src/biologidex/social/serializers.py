"""Shapes of friendship in JSON. Nothing here tells a person that they were rejected or blocked."""

from typing import Any

from rest_framework import serializers

from biologidex.accounts.models import User
from biologidex.core.serializers import Text
from biologidex.social.models import Block, Friendship


class PersonMeantIn(serializers.Serializer[None]):
    """Whom a request is about: by friend code, or by id. `to_user_id` is another name for `user_id`."""

    friend_code = Text(required=False, max_length=64)
    user_id = serializers.UUIDField(required=False)
    to_user_id = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a request about nobody."""
        if not attrs:
            raise serializers.ValidationError("Say who is meant: send `friend_code` or `user_id`.")
        user_id = attrs.get("user_id") or attrs.get("to_user_id")
        return {"friend_code": attrs.get("friend_code", ""), "user_id": user_id}


class RespondIn(serializers.Serializer[None]):
    """The answer to a request."""

    action = serializers.ChoiceField(choices=["accept", "reject", "block"])


class BlockIn(serializers.Serializer[None]):
    """Whom to block."""

    user_id = serializers.UUIDField()


class OtherPersonOut(serializers.Serializer[User]):
    """A person to those who are no friends of theirs yet."""

    id = serializers.CharField()
    username = serializers.CharField()
    avatar = serializers.CharField()


class FriendshipOut(serializers.Serializer[Friendship]):
    """A request or a friendship, as one of the two may know it. `status` is never more than these two."""

    id = serializers.CharField()
    status = serializers.ChoiceField(choices=["pending", "accepted"])
    direction = serializers.ChoiceField(choices=["sent", "received"])
    from_user = serializers.CharField()
    to_user = serializers.CharField()
    from_user_details = OtherPersonOut()
    to_user_details = OtherPersonOut()
    created_at = serializers.DateTimeField()
    responded_at = serializers.DateTimeField(required=False, help_text="Only of a friendship.")


class RespondOut(serializers.Serializer[None]):
    """What came of an answer."""

    id = serializers.CharField()
    status = serializers.ChoiceField(choices=["accepted", "rejected", "blocked"])


class StandingOut(serializers.Serializer[None]):
    """How two people stand, as the one who asks may know it."""

    user_id = serializers.CharField()
    are_friends = serializers.BooleanField()
    status = serializers.ChoiceField(choices=["none", "sent", "received", "friends", "blocked", "self"])
    friendship_id = serializers.CharField(required=False, help_text="If there is a request or a friendship.")


class BlockOut(serializers.Serializer[Block]):
    """A person one has blocked."""

    id = serializers.CharField()
    user_id = serializers.CharField()
    user_details = OtherPersonOut()
    created_at = serializers.DateTimeField()


def person_out(person: User) -> dict[str, str]:
    """Return the JSON of a `OtherPersonOut`."""
    return {"id": str(person.pk), "username": person.username, "avatar": ""}


def friendship_out(friendship: Friendship, viewer: User) -> dict[str, Any]:
    """Return the JSON of a `FriendshipOut` for one of the two. Load it with both people."""
    is_sent = friendship.asked_by_id == viewer.pk
    shape = {
        "id": str(friendship.pk),
        "status": "accepted" if friendship.is_accepted else "pending",
        "direction": "sent" if is_sent else "received",
        "from_user": str(friendship.asked_by_id),
        "to_user": str(friendship.asked_id),
        "from_user_details": person_out(friendship.asked_by),
        "to_user_details": person_out(friendship.asked),
        "created_at": friendship.created_at if is_sent else friendship.asked_at,
    }
    return shape | ({"responded_at": friendship.answered_at} if friendship.is_accepted else {})


def standing_out(
    viewer: User, other: User, friendship: Friendship | None, *, is_blocked: bool
) -> dict[str, Any]:
    """Return the JSON of a `StandingOut`; `friendship` is what the viewer may see of it."""
    shape = {"user_id": str(other.pk), "are_friends": bool(friendship and friendship.is_accepted)}
    if viewer == other:
        return {**shape, "status": "self"}
    if friendship is None:
        return {**shape, "status": "blocked" if is_blocked else "none"}
    waits = "sent" if friendship.asked_by_id == viewer.pk else "received"
    status = "friends" if friendship.is_accepted else waits
    return {**shape, "status": status, "friendship_id": str(friendship.pk)}


def block_out(block: Block) -> dict[str, Any]:
    """Return the JSON of a `BlockOut`. Load it with the person."""
    return {
        "id": str(block.pk),
        "user_id": str(block.blocked_id),
        "user_details": person_out(block.blocked),
        "created_at": block.created_at,
    }
