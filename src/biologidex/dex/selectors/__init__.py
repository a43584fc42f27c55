"""Reads of finds that more than one caller needs."""

from biologidex.dex.selectors.cards import (
    audience_of,
    card_of,
    card_rows,
    cards_with,
    dex_of,
    photos_on,
    with_card,
)
from biologidex.dex.selectors.exported import export_for
from biologidex.dex.selectors.friends import counts_for, feed_for, overview_for, popular_animals
from biologidex.dex.selectors.inputs import FRIENDS_DEXES, OWN_DEX
from biologidex.dex.selectors.missing import Finders, finders_of, known_to, missing_for
from biologidex.dex.selectors.notices import notices_for, reactions_on, waiting_for
from biologidex.dex.selectors.pictures import pictures_of
from biologidex.dex.selectors.review import needing_a_look
from biologidex.dex.selectors.shared import SharedCard, links_of, shared_card, shared_photo
from biologidex.dex.selectors.sightings import months_of, places_of, sightings_of
from biologidex.dex.selectors.sync import NEVER, Changes, changes_for

__all__ = [
    "FRIENDS_DEXES",
    "NEVER",
    "OWN_DEX",
    "Changes",
    "Finders",
    "SharedCard",
    "audience_of",
    "card_of",
    "card_rows",
    "cards_with",
    "changes_for",
    "counts_for",
    "dex_of",
    "export_for",
    "feed_for",
    "finders_of",
    "known_to",
    "links_of",
    "missing_for",
    "months_of",
    "needing_a_look",
    "notices_for",
    "overview_for",
    "photos_on",
    "pictures_of",
    "places_of",
    "popular_animals",
    "reactions_on",
    "shared_card",
    "shared_photo",
    "sightings_of",
    "waiting_for",
    "with_card",
]
