"""What the backbone knows about words: whether one is English, and which known name a misspelled one is."""

from difflib import SequenceMatcher

from biologidex.animals.keys import Place, fold
from biologidex.animals.models import SearchKey, Taxon, TaxonName

SAMPLE = 40  # names that are looked at to judge a word
ENDINGS = ("us", "um", "is", "er", "or", "a", "e", "i", "o")  # an epithet's gender follows its genus
ALIKE = 0.88  # one letter of eight


def is_english(word: str) -> bool:
    """Whether a word occurs in English names of animals, and in no scientific one: `dog`, but not `comma`."""
    folded = fold(word)
    keys = SearchKey.objects.filter(key__begins=f"{folded} ") | SearchKey.objects.filter(key=folded)
    taxa = set(keys.values_list("taxon_id", flat=True)[:SAMPLE])
    kinds = {
        kind
        for name, kind in TaxonName.objects.filter(taxon__in=taxa).values_list("name", "kind")
        if folded in fold(name).split()
    }
    return kinds == {TaxonName.Kind.VERNACULAR.value}


def nearly(name: str) -> Taxon | None:
    """Return the one taxon of the same genus whose name differs from this one by a slip or by its gender only."""
    words = fold(name).split()
    genus, epithet = words[0], words[-1]
    if genus == epithet:
        return None
    keys = SearchKey.objects.filter(key__begins=f"{genus} ", place=Place.FIRST)
    near = {
        taxon
        for taxon, key in keys.values_list("taxon_id", "key")
        if key.count(" ") == fold(name).count(" ") and _is_alike(epithet, key.rpartition(" ")[2])
    }
    taxa = Taxon.objects.filter(pk__in=near).select_related("accepted")
    meant = {taxon.accepted or taxon for taxon in taxa if taxon.scientific_name.lower().startswith(genus)}
    return meant.pop() if len(meant) == 1 else None


def _is_alike(one: str, other: str) -> bool:
    if _stem(one) == _stem(other):
        return True
    return one[0] == other[0] and SequenceMatcher(None, one, other).ratio() >= ALIKE


def _stem(epithet: str) -> str:
    ending = next((ending for ending in ENDINGS if epithet.endswith(ending)), "")
    return epithet.removesuffix(ending) if len(epithet) > len(ending) + 2 else epithet
