"""The drawing of any tree is tidy."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from biologidex.graph.layout import depths, tidy

NEAR = 1e-6

# A tree as the list of its subtrees.
shapes = st.recursive(st.just([]), lambda below: st.lists(below, max_size=5), max_leaves=60)


def numbered(shape: list) -> list[list[int]]:
    """Number the nodes as they come, level by level: `children[node]`."""
    queue, children = [shape], []
    for node in queue:
        children.append([len(queue) + place for place in range(len(node))])
        queue.extend(node)
    return children


def below(children: list[list[int]], node: int) -> list[int]:
    found = [node]
    for one in found:
        found.extend(children[one])
    return found


def looks(children: list[list[int]], xs: list[float], node: int) -> list[float]:
    """How a subtree is drawn, seen from its top."""
    return [xs[one] - xs[node] for one in below(children, node)]


@given(shapes)
def test_nodes_of_one_level_keep_their_order_and_their_distance(shape: list) -> None:
    children = numbered(shape)
    xs, levels = tidy(children), depths(children)

    # Numbers run from left to right within a level.
    rows: dict[int, list[float]] = {}
    for node, level in enumerate(levels):
        rows.setdefault(level, []).append(xs[node])

    assert all(right - left >= 1 - NEAR for row in rows.values() for left, right in pairwise(row))


@given(shapes)
def test_a_parent_stands_in_the_middle_above_its_children(shape: list) -> None:
    children = numbered(shape)
    xs = tidy(children)

    for node, kids in enumerate(children):
        if kids:
            assert abs(xs[node] - (xs[kids[0]] + xs[kids[-1]]) / 2) < NEAR


def mirrored(shape: list) -> list:
    return [mirrored(one) for one in reversed(shape)]


def drawn(shape: list) -> list[list[float]]:
    """The places of each level, from left to right."""
    children = numbered(shape)
    rows: dict[int, list[float]] = {}
    for x, level in zip(tidy(children), depths(children), strict=True):
        rows.setdefault(level, []).append(x)
    return list(rows.values())


@given(shapes)
@settings(max_examples=300)
def test_a_mirrored_tree_gives_the_mirrored_drawing(shape: list) -> None:
    there, back = drawn(shape), drawn(mirrored(shape))

    for row, other in zip(there, back, strict=True):
        assert all(abs(x + y) < NEAR for x, y in zip(row, reversed(other), strict=True))


@given(st.lists(shapes, max_size=3), shapes, st.lists(shapes, max_size=3))
def test_equal_subtrees_look_equal_wherever_they_are(before: list, same: list, after: list) -> None:
    children = numbered([*before, same, *after, [same]])
    xs = tidy(children)
    first, second = children[0][len(before)], children[children[0][-1]][0]

    one, other = looks(children, xs, first), looks(children, xs, second)

    assert all(abs(a - b) < NEAR for a, b in zip(one, other, strict=True))


def test_the_root_stands_at_nought_and_a_drawing_never_changes() -> None:
    children = numbered([[[], []], [], [[[]], []]])

    assert tidy(children)[0] == 0
    assert tidy(children) == tidy(children)
    assert tidy([]) == []


def test_small_subtrees_between_large_ones_are_spread_evenly() -> None:
    wide = [[], [], [], [], []]
    children = numbered([wide, [], [], [], wide])

    tops = [tidy(children)[node] for node in children[0]]

    assert tops == [-2.5, -1.25, 0, 1.25, 2.5]


def test_a_tree_may_be_deeper_than_python_can_recurse() -> None:
    deep = 5000
    children = [[node + 1] for node in range(deep)] + [[]]

    assert tidy(children) == [0] * (deep + 1)
    assert depths(children)[-1] == deep
