"""The codes of the IUCN Red List's categories, and which of them mean that a species is in trouble."""

CATEGORIES = {
    "NE": "not evaluated",
    "DD": "data deficient",
    "LC": "least concern",
    "NT": "near threatened",
    "VU": "vulnerable",
    "EN": "endangered",
    "CR": "critically endangered",
    "EW": "extinct in the wild",
    "EX": "extinct",
}
IN_TROUBLE = frozenset({"NT", "VU", "EN", "CR", "EW"})  # what is extinct can be harmed no more
# Of the criteria before 2001, in which species that nobody has assessed since still stand, as the IUCN reads them.
EARLIER = {
    "lower risk/least concern": "LC",
    "lower risk/near threatened": "NT",
    "lower risk/conservation dependent": "NT",
    "lr/lc": "LC",
    "lr/nt": "NT",
    "lr/cd": "NT",
}
_CODES = {name: code for code, name in CATEGORIES.items()}


def code_of(category: str) -> str:
    """Return the code of a category given as code or in words, in any case; empty if it is none."""
    words = " ".join(category.replace("-", " ").split())
    if words.upper() in CATEGORIES:
        return words.upper()
    return _CODES.get(words.lower(), "") or EARLIER.get(words.lower(), "")


def is_graver(code: str, other: str) -> bool:
    """Whether a species of this category is in more danger than one of the other."""
    order = list(CATEGORIES)
    return order.index(code) > order.index(other)
