"""What is known of one taxon: what it is called, and where else to read about it."""

from dataclasses import dataclass, field

from biologidex.animals.models import Taxon, TaxonName

MOST_NAMES = 200  # of one taxon; the best known have a few dozen


@dataclass(frozen=True)
class Names:
    """The names of a taxon besides the one it goes by. `vernacular` is by language; blank is English."""

    vernacular: dict[str, list[str]] = field(default_factory=dict)
    synonyms: list[str] = field(default_factory=list)


def names_of(taxon: Taxon) -> Names:
    """Return all other names, in one query."""
    rows = TaxonName.objects.filter(taxon=taxon).exclude(kind=TaxonName.Kind.ACCEPTED).order_by("name")
    vernacular: dict[str, list[str]] = {}
    synonyms: list[str] = []
    for kind, language, name in rows.values_list("kind", "language", "name")[:MOST_NAMES]:
        names = synonyms if kind == TaxonName.Kind.SYNONYM else vernacular.setdefault(language, [])
        if name not in names and name != taxon.common_name:
            names.append(name)
    return Names({language: names for language, names in vernacular.items() if names}, synonyms)
