"""Where the nodes of a tree stand: the tidy drawing of Reingold and Tilford, in linear time.

C. Buchheim, M. Jünger, S. Leipert: Improving Walker's Algorithm to Run in Linear Time (Graph Drawing 2002). Plain
Python without recursion, so that no tree is too deep. A node is its number; `children[node]` are its children from
left to right; 0 is the root.
"""

from collections.abc import Sequence

Children = Sequence[Sequence[int]]
NONE = -1


def tidy(children: Children) -> list[float]:
    """Return how far right each node stands, the root at 0, in units of the least distance within a level.

    A parent stands in the middle above its first and last child, equal subtrees look equal wherever they are, and
    a mirrored tree gives the mirrored drawing.
    """
    return _Walk(children).places() if children else []


def depths(children: Children) -> list[int]:
    """Return how many steps each node is below the root."""
    deep = [0] * len(children)
    for node in _downwards(children):
        for child in children[node]:
            deep[child] = deep[node] + 1
    return deep


def _downwards(children: Children) -> list[int]:
    """Return every node, parents before their children."""
    order = [0]
    for node in order:  # the list grows while it is read
        order.extend(children[node])
    return order


class _Walk:
    """One layout from left to right. The names are those of the paper.

    `prelim` is a node's place among its siblings, `mod` what all below it are to be moved by; `change` and `shift`
    collect the moves of the subtrees between two that were pushed apart. A `thread` leads from the lowest node of
    one subtree's outline on to the next node of the outline that it shares with its neighbours.
    """

    def __init__(self, children: Children) -> None:
        count = len(children)
        self.children = children
        self.order = _downwards(children)
        self.prelim = [0.0] * count
        self.mod = [0.0] * count
        self.change = [0.0] * count
        self.shift = [0.0] * count
        self.thread = [NONE] * count
        self.ancestor = list(range(count))
        self.number = [0] * count
        self.parent = [NONE] * count
        for node, below in enumerate(children):
            for place, child in enumerate(below):
                self.number[child], self.parent[child] = place, node

    def places(self) -> list[float]:
        """Walk up to give each node its place among its siblings, then down to add up the moves."""
        for node in reversed(self.order):
            self._place_children(node)
        above = [0.0] * len(self.order)
        places = [0.0] * len(self.order)
        for node in self.order:
            places[node] = self.prelim[node] + above[node]
            for child in self.children[node]:
                above[child] = above[node] + self.mod[node]
        return [place - places[0] for place in places]

    def _place_children(self, node: int) -> None:
        """Set the subtrees of the children, each already laid out in itself, side by side."""
        below = self.children[node]
        if not below:
            return
        default, left = below[0], NONE
        for child in below:
            if left != NONE:
                middle = self.prelim[child]
                self.prelim[child] = self.prelim[left] + 1
                self.mod[child] = self.prelim[child] - middle if self.children[child] else 0.0
                default = self._push_apart(child, left, default)
            left = child
        self._spread(below)
        self.prelim[node] = (self.prelim[below[0]] + self.prelim[below[-1]]) / 2

    def _push_apart(self, node: int, left: int, default: int) -> int:
        """Move a subtree right until it is clear of all on its left: follow the two outlines that face each other."""
        prelim, mod = self.prelim, self.mod
        first = self.children[self.parent[node]][0]
        # On the inside the outlines that face each other, on the outside the far ones, to be joined below.
        in_right, out_right, in_left, out_left = node, node, left, first
        sum_in_right = sum_out_right = mod[node]
        sum_in_left, sum_out_left = mod[left], mod[first]
        while (lower_left := self._rightmost(in_left)) != NONE and (
            lower := self._leftmost(in_right)
        ) != NONE:
            in_left, in_right = lower_left, lower
            out_left, out_right = self._leftmost(out_left), self._rightmost(out_right)
            self.ancestor[out_right] = node
            missing = prelim[in_left] + sum_in_left - prelim[in_right] - sum_in_right + 1
            if missing > 0:
                self._move(self._neighbour(in_left, node, default), node, missing)
                sum_in_right += missing
                sum_out_right += missing
            sum_in_left += mod[in_left]
            sum_in_right += mod[in_right]
            sum_out_left += mod[out_left]
            sum_out_right += mod[out_right]
        if lower_left != NONE and self._rightmost(out_right) == NONE:
            self.thread[out_right] = lower_left
            mod[out_right] += sum_in_left - sum_out_right
        lower = self._leftmost(in_right)
        if lower != NONE and self._leftmost(out_left) == NONE:
            self.thread[out_left] = lower
            mod[out_left] += sum_in_right - sum_out_left
            return node
        return default

    def _leftmost(self, node: int) -> int:
        below = self.children[node]
        return below[0] if below else self.thread[node]

    def _rightmost(self, node: int) -> int:
        below = self.children[node]
        return below[-1] if below else self.thread[node]

    def _neighbour(self, other: int, node: int, default: int) -> int:
        """Return the sibling of `node` below which `other` is."""
        found = self.ancestor[other]
        return found if self.parent[found] == self.parent[node] else default

    def _move(self, left: int, node: int, way: float) -> None:
        """Move a subtree, and note that those between it and `left` share the way evenly."""
        each = way / (self.number[node] - self.number[left])
        self.change[node] -= each
        self.shift[node] += way
        self.change[left] += each
        self.prelim[node] += way
        self.mod[node] += way

    def _spread(self, below: Sequence[int]) -> None:
        """Carry out what `_move` has noted for the subtrees in between."""
        way = change = 0.0
        for node in reversed(below):
            self.prelim[node] += way
            self.mod[node] += way
            change += self.change[node]
            way += self.shift[node] + change
