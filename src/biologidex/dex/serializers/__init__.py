"""The shapes of the dex in JSON."""

from biologidex.dex.serializers.entries import (
    DetailsIn,
    EntryChange,
    EntryFilters,
    EntryIn,
    EntryOut,
    EntryPhotoIn,
    PopularOut,
    entries_out,
    entry_out,
)
from biologidex.dex.serializers.friends import FriendOut, friend_out
from biologidex.dex.serializers.links import LinkIn, LinkOut, NewLinkOut, link_out
from biologidex.dex.serializers.sync import (
    BatchIn,
    BatchOut,
    FriendDexOut,
    SinceIn,
    SyncOut,
    sync_out,
)
from biologidex.dex.serializers.telling import (
    NotificationOut,
    ReactionIn,
    ReactionsOut,
    ReadIn,
    ReadOut,
    notification_out,
    reactions_out,
)

__all__ = [
    "BatchIn",
    "BatchOut",
    "DetailsIn",
    "EntryChange",
    "EntryFilters",
    "EntryIn",
    "EntryOut",
    "EntryPhotoIn",
    "FriendDexOut",
    "FriendOut",
    "LinkIn",
    "LinkOut",
    "NewLinkOut",
    "NotificationOut",
    "PopularOut",
    "ReactionIn",
    "ReactionsOut",
    "ReadIn",
    "ReadOut",
    "SinceIn",
    "SyncOut",
    "entries_out",
    "entry_out",
    "friend_out",
    "link_out",
    "notification_out",
    "reactions_out",
    "sync_out",
]
