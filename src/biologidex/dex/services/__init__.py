"""Everything that changes a dex."""

from biologidex.dex.services.cards import (
    change,
    choose_style,
    delete,
    edit,
    identify_anew,
    mark_favorite,
    tell_places_anew,
)
from biologidex.dex.services.duplicates import merge_animals
from biologidex.dex.services.find import card_for, chosen_taxon, details_from_photo, record_find
from biologidex.dex.services.moderating import hide_card, show_card
from biologidex.dex.services.photos import add_photo, remove_photo
from biologidex.dex.services.reactions import react, report_card
from biologidex.dex.services.sharing import end_link, forget_links, share
from biologidex.dex.services.telling import tell_progress, tell_second_looks

__all__ = [
    "add_photo",
    "card_for",
    "change",
    "choose_style",
    "chosen_taxon",
    "delete",
    "details_from_photo",
    "edit",
    "end_link",
    "forget_links",
    "hide_card",
    "identify_anew",
    "mark_favorite",
    "merge_animals",
    "react",
    "record_find",
    "remove_photo",
    "report_card",
    "share",
    "show_card",
    "tell_places_anew",
    "tell_progress",
    "tell_second_looks",
]
