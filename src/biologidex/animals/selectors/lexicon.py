"""What the backbone knows about words: whether one is English, and which known name a misspelled one is."""

from difflib import SequenceMatcher

from biologidex.animals.keys import ENGLISH, Place, fold
from biologidex.animals.models import SearchKey, Taxon, TaxonName

SLIPS = 2  # as many letters may be wrong, missing or too many in a name that is meant to be a known one
LONG = 6  # letters; in a shorter word one slip counts
SAMPLE = 40  # names that are looked at to judge a word
ENDINGS = ("us", "um", "is", "er", "or", "a", "e", "i", "o")  # an epithet's gender follows its genus
ALIKE = 0.88  # one letter of eight


def is_english(word: str) -> bool:
    """Whether a word occurs in English names of animals, and in no scientific one: `dog`, but not `comma`."""
    folded = fold(word)
    said = SearchKey.objects.filter(language=None)
    keys = said.filter(key__begins=f"{folded} ") | said.filter(key=folded)
    taxa = set(keys.values_list("taxon_id", flat=True)[:SAMPLE])
    kinds = {
        kind
        for name, kind in TaxonName.objects.filter(taxon__in=taxa, language__in=ENGLISH).values_list(
            "name", "kind"
        )
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


def near_misses(name: str, *, family: str) -> list[Taxon]:
    """Return the known species that an unknown name is probably meant to be: alike in its genus, or once moved.

    What only players have named so far is nothing that somebody can have meant.

    Moved is the one species of the family that has the same epithet in another genus: `Felis tigris` was the tiger.
    """
    genus, *_, epithet = fold(name).split()
    keys = SearchKey.objects.filter(key__begins=f"{genus} ", place=Place.FIRST)
    alike = {taxon for taxon, key in keys.values_list("taxon_id", "key") if _is_near(fold(name), key)}
    keys = SearchKey.objects.filter(key__begins=f"{epithet} ")
    there = Taxon.objects.filter(pk__in=keys.values("taxon"), family=family, rank="species")
    moved = [taxon for taxon in there if family and fold(taxon.scientific_name).split()[1:] == [epithet]]
    near = alike | {taxon.pk for taxon in moved} if len(moved) == 1 else alike
    taxa = Taxon.objects.filter(pk__in=near).select_related("accepted").order_by("scientific_name")
    scientific = [taxon for taxon in taxa if " " in taxon.scientific_name and not taxon.is_made_by_player]
    return list(dict.fromkeys(taxon.accepted or taxon for taxon in scientific))


def _is_near(name: str, key: str) -> bool:
    *above, one = name.split()
    *above_other, other = key.split()
    return above == above_other and _slips(one, other) <= (SLIPS if min(len(one), len(other)) >= LONG else 1)


def _slips(one: str, other: str) -> int:
    """Return by how many letters two words differ: wrong, missing or too many (their Levenshtein distance)."""
    if abs(len(one) - len(other)) > SLIPS:
        return SLIPS + 1
    row = list(range(len(other) + 1))
    for done, letter in enumerate(one, start=1):
        above, row = row, [done]
        for place, known in enumerate(other):
            row.append(min(above[place + 1] + 1, row[place] + 1, above[place] + (letter != known)))
    return row[-1]


def _is_alike(one: str, other: str) -> bool:
    if _stem(one) == _stem(other):
        return True
    return one[0] == other[0] and SequenceMatcher(None, one, other).ratio() >= ALIKE


def _stem(epithet: str) -> str:
    ending = next((ending for ending in ENDINGS if epithet.endswith(ending)), "")
    return epithet.removesuffix(ending) if len(epithet) > len(ending) + 2 else epithet
