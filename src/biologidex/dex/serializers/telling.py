"""The shapes of what people tell each other in JSON: words on cards, and notifications."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers

from biologidex.core.serializers import Text, WholeNumber
from biologidex.dex.models import Reaction
from biologidex.social.models import Notification
from biologidex.social.serializers import OtherPersonOut, person_out


class ReactionIn(serializers.Serializer[Any]):
    """The word that one leaves."""

    kind = Text(help_text=f"One of {', '.join(Reaction.Kind.values)}.")


class ReactionOut(serializers.Serializer[Reaction]):
    """A word that a friend left."""

    kind = serializers.ChoiceField(choices=Reaction.Kind.values)
    person = OtherPersonOut()
    created_at = serializers.DateTimeField()


class ReactionsOut(serializers.Serializer[Any]):
    """The words on one card that one may hear, in their order."""

    entry = serializers.CharField()
    reactions = ReactionOut(many=True)


class NotificationOut(serializers.Serializer[Notification]):
    """What a person is told. It holds no words: they are asked of what it is about."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Notification.Kind.values)
    actor = OtherPersonOut(allow_null=True, help_text="Who did it, where somebody did.")
    subject = serializers.CharField(
        allow_null=True, help_text="The id of the friendship, card or identification that it is about."
    )
    badge = serializers.CharField(help_text="The key of a badge, or blank.")
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class ReadIn(serializers.Serializer[Any]):
    """Which notifications have been read; all of them unless `ids` says which."""

    ids = serializers.ListField(child=WholeNumber(min_value=1), required=False, max_length=500)


class ReadOut(serializers.Serializer[Any]):
    """What came of it."""

    read = serializers.IntegerField(help_text="How many of them were new.")
    unread = serializers.IntegerField(help_text="How many still are.")


def reactions_out(entry_id: UUID, reactions: Sequence[Reaction]) -> dict[str, Any]:
    """Return the JSON of a `ReactionsOut`. Load them with their people."""
    told = [
        {"kind": one.kind, "person": person_out(one.person), "created_at": one.created_at}
        for one in reactions
    ]
    return {"entry": str(entry_id), "reactions": told}


def notification_out(one: Notification) -> dict[str, Any]:
    """Return the JSON of a `NotificationOut`. Load it with its actor."""
    return {
        "id": one.pk,
        "kind": one.kind,
        "actor": person_out(one.actor) if one.actor else None,
        "subject": str(one.subject) if one.subject else None,
        "badge": one.detail,
        "created_at": one.created_at,
        "read_at": one.read_at,
    }
