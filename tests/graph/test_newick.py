"""Trees written for programs that read phylogenies."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Animal
from biologidex.dex.models import DexEntry
from biologidex.graph.newick import written
from biologidex.graph.tree import Tree

Read = tuple[str, list[Any]]
TOKEN = re.compile(r"'((?:[^']|'')*)'|([^\s(),;:'\[\]]+)|([(),;])|\[[^\]]*\]")


def read(text: str) -> list[Read]:
    """Read Newick as the format is described, by a stack of open brackets; return what stands at the top."""
    stack: list[list[Read]] = [[]]
    below: list[Read] = []
    label = ""
    for quoted, plain, sign in TOKEN.findall(text):
        if sign == "(":
            stack.append([])
        elif sign in {",", ")", ";"}:
            stack[-1].append((label, below))
            label, below = "", []
            if sign == ")":
                below = stack.pop()
        elif quoted or plain:
            label = quoted.replace("''", "'") if quoted else plain
    return stack[0]


NAMES = st.text(alphabet="abcXYZ (),:;'[]_-.é", min_size=1, max_size=12)


@given(st.lists(st.tuples(NAMES, st.integers(0, 30)), max_size=30))
def test_whatever_the_names_hold_a_reader_reads_the_same_tree(nodes: list[tuple[str, int]]) -> None:
    tree = Tree()
    for place, (name, above) in enumerate(nodes):
        tree.add({"scientific_name": f"{name}{place}", "rank": "genus"}, min(above, place))

    def expected(number: int) -> Read:
        return tree.nodes[number]["scientific_name"], [expected(child) for child in tree.children[number]]

    tops = [expected(number) for number in tree.children[0]]
    (top,) = read(written(tree))

    assert (top[1] if len(tops) != 1 else [top]) == tops


@pytest.mark.django_db
def test_the_file_holds_the_lines_of_descent(api: APIClient, ann: User) -> None:
    for name in ("Canis lupus", "Canis latrans"):
        animal: Animal = make.animal(make.taxon(name, family="Canidae", genus="Canis", species=name))
        DexEntry.objects.create(owner=ann, animal=animal)
    api.force_authenticate(ann)

    answer = api.get("/api/v1/graph/tree/newick/", {"mode": "personal"})
    ranked = api.get("/api/v1/graph/tree/newick/", {"mode": "personal", "ranks": "true"})

    assert answer.content.decode() == "(('Canis latrans','Canis lupus')Canis)Canidae;"
    assert answer["Content-Type"].startswith("text/plain")
    assert answer["Content-Disposition"] == 'attachment; filename="biologidex-personal.nwk"'
    assert "Canidae[rank=family]" in ranked.content.decode()
