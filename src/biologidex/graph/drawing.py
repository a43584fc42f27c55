"""A tree as programs draw it: nodes with places, edges, the frame around them, and what it all adds up to."""

import hashlib
from collections import Counter
from typing import Any

import orjson

from biologidex.graph import chunks
from biologidex.graph.finds import RANKS
from biologidex.graph.layout import depths, tidy
from biologidex.graph.scope import Mode, Scope
from biologidex.graph.tree import TOP, Tree

BESIDE, BELOW = (
    120,
    200,
)  # how far apart neighbours of a level and levels are, in the units of the client's world
UNIQUE = RANKS[:-1]


def draw(tree: Tree, scope: Scope) -> dict[str, Any]:
    """Return the whole answer of `graph/tree/`. The kingdoms stand at height 0, the common top of all above them."""
    positions = _place(tree)
    nodes = tree.nodes[1:]
    edges = [
        _edge(tree.nodes[tree.parent[number]], tree.nodes[number])
        for number in range(1, len(tree.nodes))
        if tree.parent[number] != TOP
    ]
    totals = {
        "total_animals": tree.nodes[TOP]["animal_count"],
        "total_nodes": len(nodes),
        "total_edges": len(edges),
    }
    drawing: dict[str, Any] = {
        "nodes": nodes,
        "edges": edges,
        "layout": _layout(positions, nodes, edges),
        "stats": {**totals, **_stats(nodes), "mode": scope.mode},
        "metadata": {
            "mode": scope.mode,
            "user_id": str(scope.viewer.pk),
            "username": scope.viewer.username,
            "scoped_users": "all" if scope.mode == Mode.GLOBAL else len(scope.known),
            **totals,
        },
    }
    drawing["metadata"]["cache_key"] = _mark(drawing, scope)
    return drawing


def _mark(drawing: dict[str, Any], scope: Scope) -> str:
    """Return what changes when the drawing does, and when its viewer has it drawn anew.

    It is made of what is drawn alone. The version of the scope would tell the viewer of cards that they may not see,
    and of blocks.
    """
    return hashlib.sha256(b"%d %b" % (scope.generation, orjson.dumps(drawing))).hexdigest()[:32]


def _place(tree: Tree) -> dict[str, list[float]]:
    """Give every node its place; return the places by id."""
    positions = {}
    places = zip(tree.nodes, tidy(tree.children), depths(tree.children), strict=True)
    next(places)
    for node, x, depth in places:
        node["position"] = positions[node["id"]] = [round(x * BESIDE, 1), float((depth - 1) * BELOW)]
    return positions


def _edge(above: dict[str, Any], below: dict[str, Any]) -> dict[str, str]:
    return {
        "source": above["id"],
        "target": below["id"],
        "relationship": "parent_child",
        "rank_transition": f"{above['rank']}_to_{below['rank']}",
    }


def _layout(
    positions: dict[str, list[float]], nodes: list[dict[str, Any]], edges: list[dict[str, str]]
) -> dict[str, Any]:
    xs = [x for x, _ in positions.values()] or [0.0]
    ys = [y for _, y in positions.values()] or [0.0]
    layout = {
        "positions": positions,
        "world_bounds": [min(xs) - BESIDE, min(ys) - BELOW, max(xs) + BESIDE, max(ys) + BELOW],
        "chunk_size": {"width": chunks.SIZE, "height": chunks.SIZE},
    }
    cells = chunks.cut({"nodes": nodes, "edges": edges, "layout": layout})
    told = [
        {
            "x": cell["x"],
            "y": cell["y"],
            "node_count": cell["counts"]["nodes"],
            "edge_count": cell["counts"]["edges"],
            "bounds": cell["bounds"],
        }
        for cell in cells.values()
    ]
    return {**layout, "chunk_metadata": {"total_chunks": len(told), "chunks": told}}


def _stats(nodes: list[dict[str, Any]]) -> dict[str, int]:
    own = [node for node in nodes if node["captured_by_user"]]
    shared = sum(bool(node["captured_by_friends"]) for node in own)
    ranks = Counter(node["rank"] for node in nodes if node["type"] == "taxonomic")
    return {
        "user_captures": len(own),
        "friend_captures": sum(len(node["captured_by_friends"]) for node in nodes),
        "unique_to_user": len(own) - shared,
        "shared_with_friends": shared,
        **{f"unique_{rank}": ranks[rank] for rank in UNIQUE},
    }
