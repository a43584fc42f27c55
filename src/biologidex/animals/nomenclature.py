"""Scientific names of animals: what a text must look like to be one, and its part that names the taxon."""

import re

LETTERS = "[a-z]{2,}|[a-z]-[a-z]{2,}"  # Polygonia c-album
NAME = re.compile(rf"[A-Z][a-z]+(?: (?:{LETTERS}))?(?: (?:{LETTERS}))?")
SUBGENUS = re.compile(r"^([A-Z][a-z-]+) \([A-Z][a-z-]+\)")
CONNECTING = frozenset({"subsp", "ssp", "subspecies", "var", "morph", "f", "forma"})
# What stands between a name and its author, or in one that nobody has given yet.
NO_EPITHET = frozenset(
    {
        "sp",
        "spp",
        "cf",
        "aff",
        "nr",
        "de",
        "van",
        "von",
        "du",
        "la",
        "le",
        "den",
        "der",
        "del",
        "di",
        "da",
        "dos",
    }
    | {"zu", "ter", "ex", "et", "in", "sensu", "and", "auct", "nec", "non", "al", "nomen"}
)
# Words of refusals, of placeholders and of small talk: never a part of a name.
NEVER = NO_EPITHET | frozenset(
    {
        "unknown",
        "unidentified",
        "undetermined",
        "unspecified",
        "unclassified",
        "unnamed",
        "undefined",
        "unclear",
    }
    | {
        "none",
        "null",
        "nil",
        "nan",
        "na",
        "not",
        "no",
        "yes",
        "cannot",
        "could",
        "can",
        "can't",
        "unable",
        "sorry",
    }
    | {
        "error",
        "service",
        "configured",
        "failed",
        "failure",
        "identify",
        "identified",
        "identification",
        "image",
    }
    | {
        "photo",
        "picture",
        "the",
        "this",
        "that",
        "there",
        "is",
        "it",
        "an",
        "animal",
        "animals",
        "species",
        "genus",
    }
    | {
        "family",
        "order",
        "test",
        "testing",
        "foo",
        "bar",
        "baz",
        "qux",
        "asdf",
        "qwerty",
        "lorem",
        "ipsum",
        "todo",
    }
    | {
        "name",
        "placeholder",
        "example",
        "sample",
        "other",
        "various",
        "something",
        "nothing",
        "anything",
        "thing",
    }
    | {
        "mystery",
        "blurry",
        "please",
        "here",
        "with",
        "without",
        "from",
        "for",
        "of",
        "my",
        "your",
        "you",
        "are",
    }
    | {
        "insert",
        "string",
        "scientific",
        "default",
        "new",
        "some",
        "any",
        "person",
        "multiple",
        "several",
        "maybe",
    }
)
HARD_TO_SAY = re.compile(r"(.)\1\1|[bcdfghjklmnpqrstvwxz]{6}")  # "aaa", "asdfghjk"
ENDS = "aeimnorsux"  # 99.4 % of the 99,442 known epithets of species end so,
VOWEL = re.compile(r"[aeiouy]")
LONGEST = 100
SHORTEST = 2


def canonical(text: str, authorship: str = "") -> str:
    """Return the name alone, without author, year, subgenus and words that connect: empty if there is none.

    >>> canonical("Panthera (Panthera) leo subsp. persica (Meyer, 1826)")
    'Panthera leo persica'
    """
    words = " ".join(text.split())
    if authorship and words.endswith(authorship):
        words = words[: -len(authorship)]
    genus, *rest = SUBGENUS.sub(r"\1", words).split() or [""]
    epithets: list[str] = []
    for word in rest:
        if word.rstrip(".") in CONNECTING:
            continue
        if not re.fullmatch(LETTERS, word) or word in NO_EPITHET or len(epithets) == 2:
            break
        epithets.append(word)
    name = " ".join((genus, *epithets))
    return name if NAME.fullmatch(name) else ""


def normal(text: str) -> str:
    """Return what somebody typed as a name is written: one blank between words, a capital first, then none."""
    words = text[: 2 * LONGEST].replace("\0", " ").replace("_", " ").split()
    written = " ".join(words).capitalize()
    if len(words) <= 3 and not (words[1:] and words[1].islower() and not words[-1].islower()):
        return written
    name = canonical(" ".join(words))
    # What follows a species may be its author. Where only the first word is left, more than an author was dropped.
    return name if " " in name or words[1].istitle() else written


def is_plausible(name: str) -> bool:
    """Whether a text in its normal writing could be the scientific name of an animal, by its letters and words."""
    if len(name) > LONGEST or not NAME.fullmatch(name):
        return False
    words = name.lower().split()
    return all(
        word not in NEVER and VOWEL.search(word) and not HARD_TO_SAY.search(word) and len(word) > 1
        for word in words
    )


def is_latin(epithet: str) -> bool:
    """Whether an epithet that nobody knows has the form of one: a Latin or latinised word."""
    return len(epithet) > SHORTEST and epithet[-1] in ENDS


def rank_of(name: str) -> str:
    """Return the rank that a name's form tells: one word is a genus or, by its ending, a family."""
    words = name.split()
    if len(words) == 1:
        return "family" if name.endswith("idae") else "subfamily" if name.endswith("inae") else "genus"
    return "species" if len(words) == 2 else "subspecies"
