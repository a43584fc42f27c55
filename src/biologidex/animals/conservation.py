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
_CODES = {name: code for code, name in CATEGORIES.items()}


def code_of(category: str) -> str:
    """Return the code of a category given as code or in words, in any case; empty if it is none."""
    words = " ".join(category.replace("-", " ").split())
    return words.upper() if words.upper() in CATEGORIES else _CODES.get(words.lower(), "")
