"""Which animal of our taxonomy a name in a file means. A name that may mean two is nobody's to guess."""

from biologidex.animals.keys import Place, fold
from biologidex.animals.models import Taxon
from biologidex.animals.selectors import taxon_for
from biologidex.dex.exchange import sentences
from biologidex.dex.exchange.incoming.rows import Find, Unclear

MOST_NAMED = 3  # of several that may be meant
SHOWN = 80


def taxon_of(find: Find) -> Taxon:
    """Return the taxon, or raise Unclear with what a person should look at."""
    if not find.name:
        raise Unclear(sentences.NO_ANIMAL)
    known = _numbered(find) or _scientific(find)
    if known:
        return known
    called = _called(find.common_name)
    if len(called) > 1:
        names = ", ".join(taxon.scientific_name for taxon in called)
        raise Unclear(sentences.MAY_MEAN % {"told": find.common_name[:SHOWN], "names": names})
    if not called:
        raise Unclear(sentences.UNKNOWN_ANIMAL % {"told": find.name[:SHOWN]})
    return called[0]


def _numbered(find: Find) -> Taxon | None:
    """Return the taxon of this number, as long as it is still called so."""
    source, _, number = find.taxon.partition(":")
    if not number or source not in Taxon.Source.values:
        return None
    return Taxon.objects.filter(
        source=source, source_id=number[:60], scientific_name=find.scientific_name
    ).first()


def _scientific(find: Find) -> Taxon | None:
    if not find.scientific_name:
        return None
    return taxon_for(scientific_name=find.scientific_name, rank=find.rank)


def _called(name: str) -> list[Taxon]:
    """Return the taxa with exactly this name in English, the best known first."""
    folded = fold(name[:SHOWN])
    if not folded:
        return []
    keyed = Taxon.objects.filter(search_keys__key=folded, search_keys__place=Place.FIRST)
    found = list(keyed.order_by("search_keys__standing")[: 4 * MOST_NAMED])
    return list(dict.fromkeys(found))[:MOST_NAMED]
