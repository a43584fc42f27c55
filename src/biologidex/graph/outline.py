"""A tree without its drawing: its nodes in the order of their levels, as a page shows them while they still arrive.

Level by level the children of a node stand side by side, so their number tells all about descent. `animals` tells how
wide a node's share of the crown is: a page knows the place of every branch before the leaves are there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple

from biologidex.graph.finds import RANKS
from biologidex.graph.tree import TOP, Tree

ROOT = 0
NEVER = 2**31 - 1


class Row(NamedTuple):
    """A node. `own` and `friends` count the animals at or below it that the viewer and that friends have found.

    An animal's key is its number, a group's its id. `since` is the day, from 1970, on which the first find that is told
    here was added to a dex.
    """

    key: str
    rank: str
    scientific_name: str
    common_name: str
    animals: int
    children: int
    own: int
    friends: int
    since: int = 0

    @property
    def is_animal(self) -> bool:
        """Whether it is a leaf: something that was found."""
        return not self.children and bool(self.key)

    @property
    def name(self) -> str:
        """Return what people call it, or its name in Latin where they do not call it anything."""
        return self.common_name or self.scientific_name


@dataclass(frozen=True)
class Outline:
    """The nodes, the common top of all first. `mark` changes when they do."""

    mark: str
    rows: Sequence[Sequence[Any]]

    @property
    def animals(self) -> int:
        """Return how many animals there are."""
        return self[ROOT].animals

    def __getitem__(self, index: int) -> Row:
        """Return a node by its place."""
        return Row._make(self.rows[index])

    @cached_property
    def first(self) -> list[int]:
        """Return where the children of each node begin."""
        return list(accumulate((row[5] for row in self.rows[:-1]), initial=1))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {row[0]: index for index, row in enumerate(self.rows)}

    @cached_property
    def _parents(self) -> list[int]:
        return [ROOT, *(index for index, row in enumerate(self.rows) for _ in range(row[5]))]

    def days(self) -> list[int]:
        """Return the days, from 1970, on which each animal was first found, the earliest first."""
        return sorted(row.since for row in map(Row._make, self.rows) if row.is_animal)

    def place_of(self, key: str) -> int | None:
        """Return where a node is, if it is there."""
        return self._places.get(key) if key else None

    def children_of(self, index: int) -> range:
        """Return where the children of a node are."""
        return range(self.first[index], self.first[index] + self.rows[index][5])

    def line_of(self, index: int) -> list[int]:
        """Return the line of descent of a node: from the top down to itself."""
        line = [index]
        while line[-1] != ROOT:
            line.append(self._parents[line[-1]])
        return line[::-1]


def outlined(tree: Tree) -> Iterator[Row]:
    """Give the nodes of a tree level by level.

    A group whose only member is an animal of the same name, a species found as itself, is left to that.
    """
    own, friends = _found(tree)
    since = _since(tree)
    order = [TOP]
    for number in order:
        below = [_shown(tree, child) for child in tree.children[number]]
        order += below
        node = tree.nodes[number]
        yield Row(
            key=str(node.get("creation_index") or node["id"]),
            rank=node["rank"],
            scientific_name=node.get("scientific_name", ""),
            common_name=node.get("common_name", ""),
            animals=node["animal_count"],
            children=len(below),
            own=own[number],
            friends=friends[number],
            since=since[number],
        )


def _shown(tree: Tree, number: int) -> int:
    below = tree.children[number]
    if len(below) != 1:
        return number
    only = tree.nodes[below[0]]
    same = only["scientific_name"] == tree.nodes[number]["scientific_name"]
    return below[0] if same and only["type"] == "animal" else number


def _found(tree: Tree) -> tuple[list[int], list[int]]:
    own = [int(node.get("captured_by_user", False)) for node in tree.nodes]
    friends = [int(bool(node.get("captured_by_friends"))) for node in tree.nodes]
    for number in range(len(tree.nodes) - 1, TOP, -1):  # children before their parents
        own[tree.parent[number]] += own[number]
        friends[tree.parent[number]] += friends[number]
    return own, friends


def _since(tree: Tree) -> list[int]:
    since = [tree.since.get(number, NEVER) for number in range(len(tree.nodes))]
    for number in range(len(tree.nodes) - 1, TOP, -1):
        since[tree.parent[number]] = min(since[tree.parent[number]], since[number])
    return [0 if one == NEVER else one for one in since]


def levels() -> dict[str, int]:
    """Return how far from the top each rank stands."""
    return {rank: level for level, rank in enumerate(RANKS, 1)}
