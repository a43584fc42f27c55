"""What animals are called in the reader's language, as far as a backbone that was imported knows it."""

from collections.abc import Iterable
from contextvars import ContextVar

from django.utils.translation import get_language

from biologidex.animals import selectors as animals
from biologidex.animals.models import Taxon

ENGLISH = "en"  # stands at the taxon itself

# What was looked up for the page at hand. None: this is no page, and names are English.
_known: ContextVar[dict[int, str] | None] = ContextVar("names_of_the_page", default=None)


def begin() -> None:
    """Forget the names of the page before."""
    _known.set({})


def prepare(taxa: Iterable[Taxon]) -> None:
    """Look up the names of many animals at once. A page with a list calls this, so that it asks once."""
    known, language = _known.get(), get_language() or ENGLISH
    if known is None or language == ENGLISH:
        return
    missing = [taxon.pk for taxon in taxa if taxon.pk not in known]
    if missing:
        known.update({**dict.fromkeys(missing, ""), **animals.vernaculars(missing, language=language)})


def search(text: str, *, limit: int) -> list[Taxon]:
    """Find animals by what the reader types; names in the reader's language come first."""
    found = animals.search_taxa(text, limit=limit, language=get_language() or ENGLISH) if text else []
    prepare(found)
    return found


def name_of(taxon: Taxon) -> str:
    """Name an animal in the reader's language, else in English, else in Latin."""
    prepare([taxon])
    name = (_known.get() or {}).get(taxon.pk) or taxon.common_name or taxon.scientific_name
    return name[:1].upper() + name[1:]  # and leave the rest: there are names in names
