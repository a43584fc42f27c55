"""A tree in the Newick format, which programs for phylogenies read: `((wolf,dog)Canis,cat)Carnivora;`."""

import re
from typing import Any

from biologidex.graph.tree import TOP, Tree

PLAIN = re.compile(r"[A-Za-z0-9.-]+")  # not "_", which would be read as a blank


def label(name: str) -> str:
    """Write a name. Whatever could be taken for punctuation stands in quotes, a quote is doubled."""
    return name if PLAIN.fullmatch(name) else "'" + name.replace("'", "''") + "'"


def written(tree: Tree, *, ranks: bool = False) -> str:
    """Write a tree by the scientific names, with the ranks as comments if asked for.

    A group with one member of the same name (a species, found as itself) is left out: no name comes twice for one
    thing. Several kingdoms stand below a node without a name.
    """
    texts: dict[int, str] = {}
    for number in range(len(tree.nodes) - 1, TOP, -1):  # children before their parents
        node, below = tree.nodes[number], tree.children[number]
        if len(below) == 1 and tree.nodes[below[0]]["scientific_name"] == node["scientific_name"]:
            texts[number] = texts.pop(below[0])
        else:
            inner = ",".join(texts.pop(child) for child in below)
            texts[number] = (f"({inner})" if below else "") + _named(node, ranks=ranks)
    tops = [texts[number] for number in tree.children[TOP]]
    return (tops[0] if len(tops) == 1 else f"({','.join(tops)})" if tops else "") + ";"


def _named(node: dict[str, Any], *, ranks: bool) -> str:
    return label(node["scientific_name"]) + (f"[rank={node['rank']}]" if ranks else "")
