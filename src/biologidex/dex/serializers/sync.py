"""The shapes of a sync in JSON."""

from datetime import UTC
from typing import Any

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from rest_framework import serializers

from biologidex.core import clock
from biologidex.core.serializers import Text
from biologidex.dex.selectors import Changes
from biologidex.dex.serializers.entries import EntryOut, Photos, entries_out

LONGEST_MOMENT = 40  # characters
MOST_DEXES = 500  # in one request


class Moment(Text):
    """The `server_time` of an earlier answer, as it was told. Blank: everything."""

    default_error_messages = {"moment": "Send the `server_time` of your last sync, or nothing at all."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_blank=True, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the moment, or None."""
        return super().run_validation(data) or None

    def to_internal_value(self, data: Any) -> Any:
        """Return the moment that a text tells."""
        text = super().to_internal_value(data)
        if len(text) > LONGEST_MOMENT:
            self.fail("moment")
        try:
            # A plus sign that nobody encoded arrives as a blank.
            moment = parse_datetime(text.replace(" ", "+") if text.count(" ") == 1 and "T" in text else text)
        except ValueError:
            moment = None
        if moment is None:
            self.fail("moment")
        try:
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except OverflowError:
            self.fail("moment")


class SinceIn(serializers.Serializer[Any]):
    """A sync of one dex."""

    last_sync = Moment(help_text="the `server_time` of the last sync")


class SyncRequestIn(SinceIn):
    """A sync of one dex among several."""

    user_id = Text(max_length=40, help_text="a person's id, or `self`")


class BatchIn(serializers.Serializer[Any]):
    """A sync of several dexes at once."""

    sync_requests = serializers.ListField(child=SyncRequestIn(), max_length=MOST_DEXES)


class GoneOut(serializers.Serializer[Any]):
    """A card that was there at the last sync and is not any more, or not for this viewer."""

    id = serializers.UUIDField()
    creation_index = serializers.IntegerField()
    gone_at = serializers.DateTimeField()


class SyncOut(serializers.Serializer[Any]):
    """What changed in one dex, and the moment to ask with the next time."""

    entries = EntryOut(many=True)
    deleted = GoneOut(many=True)
    is_complete = serializers.BooleanField(
        help_text="`entries` is all there is: whatever else a copy has is to be dropped"
    )
    server_time = serializers.DateTimeField()


class DexChangesOut(serializers.Serializer[Any]):
    """What changed in one of several dexes, or why nothing can be told."""

    entries = EntryOut(many=True, required=False)
    deleted = GoneOut(many=True, required=False)
    is_complete = serializers.BooleanField(required=False)
    server_time = serializers.DateTimeField(
        required=False, help_text="to ask with about this dex the next time"
    )
    error = serializers.CharField(required=False)


class BatchOut(serializers.Serializer[Any]):
    """What changed in several dexes, by the user's id as it was asked for. `server_time` is the latest of theirs."""

    results = serializers.DictField(child=DexChangesOut())
    server_time = serializers.DateTimeField()


class FriendDexOut(serializers.Serializer[Any]):
    """A friend's dex: how many cards one may see, and when the last of them changed."""

    user_id = serializers.UUIDField()
    username = serializers.CharField()
    entries = serializers.IntegerField(min_value=0)
    updated_at = serializers.CharField(allow_blank=True)


def sync_out(changes: Changes, request: HttpRequest, photos: Photos | None = None) -> dict[str, Any]:
    """Return the JSON of what changed in one dex."""
    return {
        "entries": entries_out(changes.entries, request, photos),
        "deleted": [
            {
                "id": str(stone.entry_id),
                "creation_index": stone.creation_index,
                "gone_at": clock.stamp(stone.gone_at),
            }
            for stone in changes.gone
        ],
        "is_complete": changes.is_complete,
        "server_time": clock.stamp(changes.moment),
    }
