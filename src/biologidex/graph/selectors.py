"""Trees as they are asked for. What was drawn is kept under the version of all that went into it."""

from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import Count

from biologidex.accounts.models import User
from biologidex.animals.keys import asked, fold
from biologidex.dex.models import DexEntry
from biologidex.graph import chunks, newick
from biologidex.graph.drawing import draw
from biologidex.graph.finds import finds_of
from biologidex.graph.keeping import kept, packed, unpacked
from biologidex.graph.scope import Mode, Scope, scope_of
from biologidex.graph.tree import grow

Found = dict[str, Any]
TOLD = ("id", "node_type", "rank", "scientific_name", "common_name", "position")


@dataclass(frozen=True)
class Written:
    """JSON, packed, and the mark of the drawing that it is of: the same as long as that is."""

    mark: str
    packed: bytes

    @property
    def content(self) -> bytes:
        """Return the JSON."""
        return unpacked(self.packed)


def tree_for(scope: Scope) -> Written:
    """Return the tree of a scope, drawn."""
    return kept(scope, "tree", lambda: _drawn(scope))


def chunk_for(scope: Scope, cell: chunks.Cell) -> Written:
    """Return one cell of the drawing. Where nothing was drawn it is empty."""
    mark, cells = kept(scope, "chunks", lambda: _cells(scope))
    return Written(mark, cells.get(cell) or packed(orjson.dumps(chunks.chunk(cell, [], []))))


def newick_for(scope: Scope, *, ranks: bool) -> str:
    """Return the tree of a scope in the Newick format."""
    return kept(scope, f"newick-{ranks}", lambda: newick.written(grow(finds_of(scope), scope), ranks=ranks))


def search(scope: Scope, text: str, *, limit: int) -> list[Found]:
    """Return the nodes with a name that somebody may mean by these words, best first.

    First those with exactly this name, then those whose name begins so, then those with a word that begins so, then
    those that have every word somewhere.
    """
    question = asked(text)
    if not question:
        return []
    index = orjson.loads(unpacked(kept(scope, "search", lambda: packed(orjson.dumps(_index(scope))))))
    standings = [(min(standing(question, name) for name in names), node) for names, node in index]
    best = sorted((one for one in standings if one[0] < NOT_MEANT), key=lambda one: one[0])
    return [node for _, node in best[:limit]]


def friends_for(viewer: User) -> list[dict[str, Any]]:
    """Return the friends whose finds a tree can show, by name, with how many of their animals the viewer may see."""
    scope = scope_of(viewer, Mode.FRIENDS)
    seen = DexEntry.objects.visible_to(viewer).filter(owner__in=list(scope.friends)).order_by()
    counts = dict(seen.values_list("owner").annotate(Count("pk")))
    return [
        {"id": str(pk), "user_id": str(pk), "username": name, "animal_count": counts.get(pk, 0)}
        for pk, name in sorted(scope.friends.items(), key=lambda one: one[1].casefold())
    ]


EXACT, BEGINS, WORD_BEGINS, HAS_WORDS, NOT_MEANT = range(5)


def standing(question: str, name: str) -> int:
    """Return how well a folded name answers a question; the less the better, `NOT_MEANT` for not at all."""
    if question == name:
        return EXACT
    if name.startswith(question):
        return BEGINS
    if f" {question}" in name:
        return WORD_BEGINS
    return HAS_WORDS if all(word in name for word in question.split()) else NOT_MEANT


def _index(scope: Scope) -> list[tuple[list[str], Found]]:
    """Return every node with its folded names, animals first: of equals people mean the one that they found."""
    nodes = orjson.loads(tree_for(scope).content)["nodes"]
    nodes.sort(key=lambda node: node["node_type"] != "animal")
    return [
        (
            [fold(name) for name in (node["scientific_name"], node["common_name"]) if name],
            {name: node[name] for name in (*TOLD, "creation_index") if name in node},
        )
        for node in nodes
    ]


def _drawn(scope: Scope) -> Written:
    drawing = draw(grow(finds_of(scope), scope), scope)
    return Written(drawing["metadata"]["cache_key"], packed(orjson.dumps(drawing)))


def _cells(scope: Scope) -> tuple[str, dict[chunks.Cell, bytes]]:
    tree = tree_for(scope)
    cells = chunks.cut(orjson.loads(tree.content))
    return tree.mark, {cell: packed(orjson.dumps(content)) for cell, content in cells.items()}
