"""Taxa on their way into the database: a tree of drafts that can still be changed."""

from collections.abc import Iterator
from dataclasses import dataclass, field

LINEAGE = ("kingdom", "phylum", "class", "order", "family", "genus", "species")


@dataclass(slots=True)
class Draft:
    """One taxon. References name source and number: `ncbi:9612`."""

    ref: str
    parent: str  # empty at the top
    rank: str
    scientific_name: str
    common_name: str = ""
    english: list[str] = field(default_factory=list)  # as the sources have them
    foreign: dict[str, list[str]] = field(default_factory=dict)  # by language, ISO 639-1
    synonyms: list[str] = field(default_factory=list)
    fame: float = 0.0  # the more, the earlier in a search
    lineage: tuple[str, ...] = ()

    def vernaculars(self) -> list[str]:
        """Return every English name once, the one to show first."""
        return list(dict.fromkeys(name for name in (self.common_name, *self.english) if name))


Drafts = dict[str, Draft]


def without(drafts: Drafts, dropped: set[str]) -> Drafts:
    """Return the tree without some taxa. What hung on them hangs on the nearest one above that is left."""
    kept = {ref: draft for ref, draft in drafts.items() if ref not in dropped}
    for draft in kept.values():
        while draft.parent in dropped:
            draft.parent = drafts[draft.parent].parent
    return kept


def parents_first(drafts: Drafts) -> Iterator[Draft]:
    """Give every draft after the one it hangs on."""
    given: set[str] = set()
    for ref in drafts:
        way: list[Draft] = []
        while ref and ref not in given:
            given.add(ref)
            way.append(drafts[ref])
            ref = drafts[ref].parent  # noqa: PLW2901 -- climbs
        yield from reversed(way)


def trace(drafts: Drafts) -> list[Draft]:
    """Write into each draft its line of descent, and return them parents first."""
    ordered = list(parents_first(drafts))
    for draft in ordered:
        line = drafts[draft.parent].lineage if draft.parent else ("",) * len(LINEAGE)
        if draft.rank in LINEAGE:
            here = LINEAGE.index(draft.rank)
            line = (*line[:here], draft.scientific_name, *("",) * (len(LINEAGE) - here - 1))
        draft.lineage = line
    return ordered
