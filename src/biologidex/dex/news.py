"""News of cards for pages that are open elsewhere: that there is something to see, not what."""

from biologidex.core import live
from biologidex.dex.models import DexEntry
from biologidex.social.selectors import friend_ids


def tell_friends(entry: DexEntry) -> None:
    """Let friends' open pages look for a card that they may see. Of a private one they notice nothing at all."""
    if entry.visibility != DexEntry.Visibility.PRIVATE:
        live.publish(list(friend_ids(entry.owner)), live.Event("feed"))
