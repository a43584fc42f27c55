"""Outlines: all of a tree in rows, level by level, that tell of descent by numbers alone."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from biologidex.graph.outline import ROOT, Outline, outlined
from biologidex.graph.tree import TOP, Tree

# For each node the one that it hangs below: any of those before it.
BUSHES = st.lists(st.integers(min_value=0, max_value=10**6), max_size=60)


def node(number: int, kind: str, name: str = "", **found: Any) -> dict[str, Any]:
    """A node as a tree holds it; an animal has a number."""
    shared = {"id": f"n{number}", "rank": "genus", "scientific_name": name or f"N{number}", "common_name": ""}
    numbered = {"creation_index": number} if kind == "animal" else {}
    return {**shared, "type": kind, "animal_count": int(kind == "animal"), **numbered, **found}


def counted(tree: Tree) -> Tree:
    """Count the animals of each node."""
    for number in range(len(tree.nodes) - 1, TOP, -1):
        tree.nodes[tree.parent[number]]["animal_count"] += tree.nodes[number]["animal_count"]
    return tree


def grown(places: list[int]) -> Tree:
    """A tree whose leaves are animals."""
    above = [place % (number + 1) for number, place in enumerate(places)]
    tree = Tree()
    for number, parent in enumerate(above, 1):
        kind = "taxonomic" if number in above else "animal"
        tree.add(node(number, kind, captured_by_user=kind == "animal" and number % 2 == 0), parent)
    return counted(tree)


@given(BUSHES)
def test_an_outline_holds_every_node_below_the_one_that_it_hangs_below(places: list[int]) -> None:
    tree = grown(places)
    outline = Outline("", [list(row) for row in outlined(tree)])

    above = {
        outline[child].scientific_name: outline[index].scientific_name
        for index in range(len(outline.rows))
        for child in outline.children_of(index)
    }

    names = ["", *(one["scientific_name"] for one in tree.nodes[1:])]
    assert above == {names[number]: names[tree.parent[number]] for number in range(1, len(names))}


@given(BUSHES)
def test_a_line_of_descent_goes_from_the_top_down_and_counts_what_is_below(places: list[int]) -> None:
    outline = Outline("", [list(row) for row in outlined(grown(places))])

    for index in range(len(outline.rows)):
        line = outline.line_of(index)
        assert (line[0], line[-1]) == (ROOT, index)
        assert all(below in outline.children_of(above) for above, below in pairwise(line))
        children = [outline[child] for child in outline.children_of(index)]
        if children:
            row = outline[index]
            assert (row.animals, row.own) == (sum(c.animals for c in children), sum(c.own for c in children))


def test_a_species_that_was_found_as_itself_is_one_row() -> None:
    tree = Tree()
    species = tree.add(node(1, "taxonomic", "Canis lupus"), TOP)
    tree.add(node(2, "animal", "Canis lupus"), species)

    rows = list(outlined(counted(tree)))

    assert [(row.key, row.scientific_name, row.is_animal) for row in rows] == [
        ("", "", False),
        ("2", "Canis lupus", True),
    ]


def test_a_species_with_another_animal_below_it_stays_a_group() -> None:
    tree = Tree()
    species = tree.add(node(1, "taxonomic", "Canis lupus"), TOP)
    tree.add(node(2, "animal", "Canis lupus"), species)
    tree.add(node(3, "animal", "Canis lupus arctos"), species)

    outline = Outline("", [list(row) for row in outlined(counted(tree))])

    assert [outline[index].key for index in outline.line_of(outline.place_of("3") or ROOT)] == ["", "n1", "3"]
