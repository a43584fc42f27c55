"""The tree that the lines of descent of found animals make. Plain Python: rows in, nodes out."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from biologidex.graph.finds import RANKS, Finds
from biologidex.graph.scope import Scope

FIRST_DAY = date(1970, 1, 1)
TOP = 0  # stands above the kingdoms, holds the tree together, and is never told


@dataclass
class Tree:
    """Nodes by number, parents before their children; `children[number]` from left to right. Number 0 is the top."""

    nodes: list[dict[str, Any]] = field(default_factory=lambda: [{"id": "", "rank": "", "animal_count": 0}])
    children: list[list[int]] = field(default_factory=lambda: [[]])
    parent: list[int] = field(default_factory=lambda: [TOP])
    since: dict[int, int] = field(
        default_factory=dict
    )  # the day of each leaf's first find, counted from 1970

    def add(self, node: dict[str, Any], parent: int) -> int:
        """Add a node; return its number."""
        number = len(self.nodes)
        self.nodes.append(node)
        self.children.append([])
        self.parent.append(parent)
        self.children[parent].append(number)
        return number


def grow(finds: Finds, scope: Scope) -> Tree:
    """Return the tree of the finds.

    Each animal is a leaf below the lowest group that its line of descent names; a group that the line leaves out is
    left out. A group is known by its whole line, so two genera of one name in two families are two.
    """
    tree = Tree()
    groups: dict[tuple[int, str, str], int] = {}
    for animal in finds.animals:
        above, line = TOP, ""
        for rank in RANKS:
            name = animal[f"in_{rank}"]
            if not name:
                continue
            line = f"{line}/{rank}={name}"
            key = (above, rank, name)
            if key not in groups:
                groups[key] = tree.add(_group(rank, name, line), above)
            above = groups[key]
        leaf = tree.add(_leaf(animal, finds, scope), above)
        tree.since[leaf] = (finds.since[animal["id"]].date() - FIRST_DAY).days
    _count(tree)
    _sort(tree)
    return tree


def _group(rank: str, name: str, line: str) -> dict[str, Any]:
    mark = hashlib.blake2b(line.encode(), digest_size=4).hexdigest()
    return {
        "id": f"{rank}_{name}_{mark}".replace(" ", "_"),
        "type": "taxonomic",
        "node_type": "taxonomic",
        "rank": rank,
        "name": name,
        "scientific_name": name,
        "common_name": "",
        "captured_by_user": False,
        "captured_by_friends": [],
        "capture_count": 0,
        "animal_count": 0,
    }


def _leaf(animal: dict[str, Any], finds: Finds, scope: Scope) -> dict[str, Any]:
    known = finds.known.get(animal["id"], {})
    by_friends = sorted((scope.friends[pk], str(pk), at) for pk, at in known.items() if pk in scope.friends)
    node = {
        "id": str(animal["id"]),
        "type": "animal",
        "node_type": "animal",
        "rank": animal["rank"],
        "name": animal["common_name"] or animal["scientific_name"],
        "scientific_name": animal["scientific_name"],
        "common_name": animal["common_name"],
        "creation_index": animal["creation_index"],
        "taxonomy": {rank: animal[f"in_{rank}"] for rank in RANKS},
        "captured_by_user": scope.viewer.pk in known,
        "captured_by_friends": [
            {"user_id": pk, "username": name, "captured_at": at} for name, pk, at in by_friends
        ],
        "capture_count": finds.counts[animal["id"]],
        "conservation_status": animal["conservation_status"],
        "verified": animal["verified"],
        "animal_count": 1,
    }
    finder = animal["created_by"]
    # Who found it first is told only where that very find may be seen: a private one must not show through here.
    if finder in known:
        node["discoverer"] = {
            "user_id": str(finder),
            "username": scope.friends.get(finder, scope.viewer.username),
            "is_self": finder == scope.viewer.pk,
            "is_friend": finder in scope.friends,
        }
    return node


def _count(tree: Tree) -> None:
    for number in range(len(tree.nodes) - 1, TOP, -1):
        node = tree.nodes[number]
        tree.nodes[tree.parent[number]]["animal_count"] += node["animal_count"]
        node["children_count"] = len(tree.children[number])


def _sort(tree: Tree) -> None:
    """Order what stands side by side: groups by name, then animals by number, whoever was found first."""
    for below in tree.children:
        below.sort(key=lambda number: _place(tree.nodes[number]))


def _place(node: dict[str, Any]) -> tuple[int, str, str]:
    return node.get("creation_index", 0), node["name"].casefold(), node["id"]
