"""How a name is folded so that people find it however they type it, and under which keys it is stored.

A name is stored once for each of its words: "Gray wolf" under "gray wolf" and "wolf gray". One index on these
keys then answers a prefix of any word, and the rest of a key says whether the other words are there too.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import IntEnum

SEVERAL = re.compile(r"[&,/]| and | or | others?$| allies$")  # "frogs & toads": a list, not a name
KEY_LENGTH = 120  # the longest names have about 100 letters
LONGEST_QUESTION = 100  # more than any name needs; the rest of a pasted page is not read
MOST_WORDS = 8

# Two spellings of one word, told apart by country only. Keys and questions both take the second.
SPELLINGS = {
    "grey": "gray",
    "greyish": "grayish",
    "colour": "color",
    "coloured": "colored",
    "sulphur": "sulfur",
    "harbour": "harbor",
    "moustached": "mustached",
    "saint": "st",
    "mount": "mt",
}
# Letters that do not come apart into a letter and an accent.
LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
APOSTROPHES = re.compile("['`\u00b4\u2018\u2019\u02bb\u02bc]")  # straight, accents, curly, Polynesian
NOT_OF_A_WORD = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """Return the words of a text in plain small letters, one blank between them.

    Accents, case and apostrophes are dropped, hyphens part words: "Père David's-deer" is "pere davids deer".
    A text without any letter or digit is empty.
    """
    small = APOSTROPHES.sub("", text.lower()).translate(LETTERS)
    if not small.isascii():
        small = "".join(
            part for part in unicodedata.normalize("NFKD", small) if not unicodedata.combining(part)
        )
    words = NOT_OF_A_WORD.sub(" ", small).split()
    return " ".join(SPELLINGS.get(word, word) for word in words)


def asked(text: str) -> str:
    """Return what a person typed, folded and cut to what a name can need."""
    words = fold(text[:LONGEST_QUESTION]).split()[:MOST_WORDS]
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)


class Place(IntEnum):
    """Where in a name a key begins. In English the last word says what kind of animal it is."""

    FIRST = 0
    LAST = 1
    BETWEEN = 2


def turns(folded: str) -> Iterator[tuple[str, Place]]:
    """Give the folded name begun at each of its words in turn, the name itself first.

    >>> [key for key, place in turns("king penguin")]
    ['king penguin', 'penguin king']
    """
    words = folded[:KEY_LENGTH].split()
    for start in range(len(words)):
        place = Place.FIRST if start == 0 else Place.LAST if start == len(words) - 1 else Place.BETWEEN
        yield " ".join(words[start:] + words[:start]), place


def search_keys(names: Iterable[str]) -> Iterator[tuple[str, Place]]:
    """Give the keys of a taxon with these names, each once.

    A list of several animals neither starts nor ends in the taxon's own name: "dog, coyote, wolf, fox".
    """
    seen: dict[str, Place] = {}
    for name in names:
        for key, place in turns(fold(name)):
            seen.setdefault(key, Place.BETWEEN if SEVERAL.search(name) else place)
    yield from seen.items()


ENGLISH = frozenset({"", "en"})  # how the language of English and of Latin names is noted
# How German is written by who has no such letters; `fold` makes a bare vowel of them.
WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def keys_by_language(names: Iterable[tuple[str, str]]) -> Iterator[tuple[str, Place, str | None]]:
    """Give the keys of a taxon with these names, each with its language: once in each, None for English and Latin.

    >>> [key for key, place, language in keys_by_language([("Löwe", "de")])]
    ['lowe', 'loewe']
    """
    said: dict[str | None, list[str]] = {}
    for name, language in names:
        said.setdefault(None if language in ENGLISH else language, []).append(name)
    for tongue, own in said.items():
        ways = [way for name in own for way in (name, name.translate(WRITTEN_OUT))] if tongue == "de" else own
        yield from ((key, place, tongue) for key, place in search_keys(ways))


SINGULARS = (
    # The first that fits counts; those without a change come before the rule they are exceptions of.
    *((same, same) for same in ("thrips", "species", "series", "longlegs", "fish", "deer", "sheep")),
    *(
        ("emus", "emu"),
        ("magpies", "magpie"),
        ("treepies", "treepie"),
        ("ss", "ss"),
        ("us", "us"),
        ("is", "is"),
    ),
    *(("mice", "mouse"), ("lice", "louse"), ("geese", "goose"), ("wolves", "wolf"), ("leaves", "leaf")),
    *(("lories", "lory"), ("ies", "y"), ("oses", "ose"), ("ouses", "ouse"), ("uses", "us")),
    *(("ches", "ch"), ("shes", "sh"), ("sses", "ss"), ("xes", "x"), ("oes", "o"), ("s", "")),
)


def singular(name: str) -> str:
    """Return a group's name for one of its members: `stag beetles` is `stag beetle`, `dormice` is `dormouse`."""
    for ending, one in SINGULARS:
        if name.endswith(ending):
            return name.removesuffix(ending) + one
    return name
