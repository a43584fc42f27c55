"""What ranks are called in the reader's language."""

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import pgettext_lazy

WORDS: dict[str, Promise] = {
    "kingdom": pgettext_lazy("rank", "kingdom"),
    "phylum": pgettext_lazy("rank", "phylum"),
    "subphylum": pgettext_lazy("rank", "subphylum"),
    "superclass": pgettext_lazy("rank", "superclass"),
    "class": pgettext_lazy("rank", "class"),
    "subclass": pgettext_lazy("rank", "subclass"),
    "infraclass": pgettext_lazy("rank", "infraclass"),
    "superorder": pgettext_lazy("rank", "superorder"),
    "order": pgettext_lazy("rank", "order"),
    "suborder": pgettext_lazy("rank", "suborder"),
    "infraorder": pgettext_lazy("rank", "infraorder"),
    "superfamily": pgettext_lazy("rank", "superfamily"),
    "family": pgettext_lazy("rank", "family"),
    "subfamily": pgettext_lazy("rank", "subfamily"),
    "tribe": pgettext_lazy("rank", "tribe"),
    "genus": pgettext_lazy("rank", "genus"),
    "subgenus": pgettext_lazy("rank", "subgenus"),
    "species": pgettext_lazy("rank", "species"),
    "subspecies": pgettext_lazy("rank", "subspecies"),
    "clade": pgettext_lazy("rank", "clade"),
}


def rank_word(rank: str) -> str:
    """Name a rank; a rare one as the taxonomy does."""
    return str(WORDS.get(rank, rank))


def rank_title(rank: str) -> str:
    """Name a rank where a line begins with it."""
    return str(capfirst(rank_word(rank)))
