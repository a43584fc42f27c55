"""Which of a taxon's English names are right, and how a person would write them.

The package has two for each taxon, both optional: NCBI's common name (`gray wolf`, `birds`) and the title of the
article that Wikidata ties to it (`Wolf`, `Bird`, but also `Canis familiaris` or the article on its genus).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from biologidex.animals.keys import SEVERAL, fold, singular

SPECIES_LIKE = frozenset({"species", "subspecies", "no rank"})
UNTITLED = frozenset({"clade", "no rank"})  # their titles are redirects: the clade Sauria has "Lizard"

PARENTHESES = re.compile(r"\s*\([^)]*\)")
LATIN_SHAPE = re.compile(r"[A-Z][a-z]+(?: [a-z]+){1,2}")
LATIN_END = re.compile(r"(?:a|ae|i|us|um|is|es|ns|or|os|on|er|ix|ex|ax|ops|x|as)$")
SURELY_LATIN_END = re.compile(r"(?:us|um|ii|ensis|at[ai]|ic[ai]|oides|ae|ssimis?)$")
GROUP_END = re.compile(
    r"(?:idae|inae|ini|ina|oidea|oidei|formes|acea|ales|ata|morpha|ida|us|um|is|ys|ops|ella|oides|ia)$"
)
NOT_A_NAME = re.compile(r"\d|&c")


@dataclass(slots=True)
class Lexicon:
    """What words mean, judged by how all the names use them."""

    english: set[str] = field(default_factory=set)
    small: Counter[str] = field(default_factory=Counter)
    capital: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, common_names: Iterable[str], titles: Iterable[str]) -> "Lexicon":
        """Learn from NCBI's names, and from the titles that cannot be Latin."""
        lexicon = cls()
        for name in common_names:
            lexicon.english.update(fold(name).split())
            for word in re.split(r"[ -]", name)[1:]:
                (lexicon.small if word.islower() else lexicon.capital)[word.lower()] += 1
        for title in titles:
            if "-" in title or "'" in title or title.count(" ") > 2:
                lexicon.english.update(fold(title).split())
        return lexicon

    def capitalised(self, name: str) -> str:
        """Write a name as in a sentence's beginning: `gray wolf` and `Gray Wolf` become `Gray wolf`.

        Proper nouns stay. Where every word is capital, those that other names nearly always write small are made
        small.
        """
        first, *rest = re.split(r"([ -])", name)
        words = rest[1::2]
        if words and all(word[:1].isupper() for word in words):
            rest[1::2] = [word.lower() if self._is_plain(word.lower()) else word for word in words]
        return first[:1].upper() + first[1:] + "".join(rest)

    def _is_plain(self, word: str) -> bool:
        return self.small[word] > 5 * self.capital[word]


def tidy(name: str) -> str:
    """Return a common name without remarks in parentheses and stray signs; empty if it is no name at all."""
    clean = PARENTHESES.sub("", name).replace("`", "'").strip(" ,;.")
    return "" if NOT_A_NAME.search(clean) else re.sub(r"\s+", " ", clean)


@dataclass(frozen=True, slots=True)
class Reading:
    """What an article's title is to a taxon: an English name, a synonym, or (both empty) neither."""

    english: str = ""
    synonym: str = ""


class Titles:
    """Reads the titles of articles."""

    def __init__(self, lexicon: Lexicon, is_scientific: Callable[[str], bool]) -> None:
        self._lexicon = lexicon
        self._is_scientific = is_scientific

    def read(self, title: str, *, scientific_name: str, rank: str) -> Reading:
        """Say what a title is to the taxon with this name and rank."""
        title = PARENTHESES.sub("", title)
        if not title or title == scientific_name or rank in UNTITLED:
            return Reading()
        if " " not in title:
            return self._one_word(title, scientific_name=scientific_name, rank=rank)
        if rank in SPECIES_LIKE and self._is_latin(title, scientific_name):
            # If it is accepted for another taxon, the article is about that one.
            return Reading() if self._is_scientific(title) else Reading(synonym=title)
        return Reading(english=title)

    def _one_word(self, title: str, *, scientific_name: str, rank: str) -> Reading:
        if title == scientific_name.partition(" ")[0]:
            return Reading()  # a species without an article of its own leads to its genus
        if fold(title) in self._lexicon.english:
            return Reading(english=title)
        if self._is_scientific(title):
            return Reading()  # the article on another taxon, wider or narrower
        if GROUP_END.search(title):
            return Reading() if rank in SPECIES_LIKE else Reading(synonym=title)
        return Reading(english=title)

    def _is_latin(self, title: str, scientific_name: str) -> bool:
        if not LATIN_SHAPE.fullmatch(title):
            return False
        genus, *_, last = title.split()
        *_, epithet = scientific_name.split()
        if fold(last) in self._lexicon.english:
            return last == epithet and self._is_scientific(genus)  # "Polygonia comma"
        if last[:5] == epithet[:5]:
            return True
        return bool((LATIN_END if self._is_scientific(genus) else SURELY_LATIN_END).search(last))


def preferred(common: str, title: str, *, rank: str) -> str:
    """Return the name to show, of NCBI's and the title's, either possibly empty.

    Of two for a species the title is the newer and better kept one (NCBI has "Egyptian mightjar"), unless it is a
    single word against several: then it is often the wider article ("Wildcat" for the domestic cat). For a group
    the title is in the singular already; NCBI's plural is turned.
    """
    if rank in SPECIES_LIKE:
        wider = " " in common and " " not in title
        return common if not title or wider else title
    if title or not common:
        return title
    return common.replace(" & ", " and ") if SEVERAL.search(common) else singular(common)
