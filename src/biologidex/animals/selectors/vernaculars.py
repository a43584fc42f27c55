"""What animals are called in a language."""

from collections.abc import Iterable

from biologidex.animals.models import TaxonName


def vernaculars(taxa: Iterable[int], *, language: str) -> dict[int, str]:
    """Return the names of taxa, by their ids, in a language like `de`; of several the one that was known first.

    Backbones name languages with two letters, three (ISO 639-2) or a region behind: all of them are understood.
    """
    names = TaxonName.objects.filter(
        taxon__in=set(taxa), kind=TaxonName.Kind.VERNACULAR, language__in=CODES.get(language, [language])
    )
    found: dict[int, str] = {}
    for taxon, name in names.order_by("pk").values_list("taxon", "name"):
        found.setdefault(taxon, name)
    return found


# The languages of the pages, as ISO 639-1 and 639-2 (terminology and bibliography) write them.
CODES = {
    "de": ["de", "deu", "ger"],
    "es": ["es", "spa"],
    "fr": ["fr", "fra", "fre"],
    "pt": ["pt", "por", "pt-BR", "pt-PT"],
}
