"""A tree as a picture to keep and to share: SVG, drawn like a plate of natural history."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from math import cos, log2, pi, sin, sqrt

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import ngettext

from biologidex.graph.outline import ROOT, Outline, levels

Point = tuple[float, float]
SIDE = 2400  # of the square sheet of a round tree, and the width of an upright one
RADIUS = 930
CENTRE = (SIDE / 2, SIDE / 2 + 40)
GAP = pi / 3  # left open at the foot, for the trunk
MARGIN, HEAD, FOOT = 170, 300, 170
LINE = 30  # between the leaves of an upright tree
HIGHEST = 7200
NAMES = 430  # room for the names of leaves
SMALLEST, LARGEST = 9, 26  # letters
DEPTH = len(levels())
LONGEST_NAME = 44
WIDTH = 0.56  # of a letter, as a share of its height


class Picture:
    """Where everything in a picture stands."""

    def __init__(self, outline: Outline, *, is_round: bool) -> None:
        self.outline, self.is_round = outline, is_round
        rows = outline.rows
        self.starts = _starts(outline)
        self.height = SIDE if is_round else min(HIGHEST, max(1000, HEAD + FOOT + LINE * outline.animals))
        self.spacing = (
            (RADIUS - NAMES / 2) * (2 * pi - GAP) / max(1, outline.animals)
            if is_round
            else (self.height - HEAD - FOOT) / max(1, outline.animals)
        )
        self.letters = min(LARGEST, self.spacing * 0.8)
        self.is_named = self.letters >= SMALLEST
        depth_of = levels()
        self.depth = [0 if index == ROOT else depth_of.get(row[1], DEPTH) for index, row in enumerate(rows)]
        for index, row in enumerate(rows):
            if index != ROOT and not row[5]:
                self.depth[index] = DEPTH
        self.rings = _rings(self.depth)

    def turn(self, index: int) -> float:
        """Return how far along the crown a node stands: an angle, or a height."""
        share: float = (self.starts[index] + self.outline.rows[index][4] / 2) / max(1, self.outline.animals)
        if self.is_round:
            return pi / 2 + GAP / 2 + share * (2 * pi - GAP)
        return HEAD + share * (self.height - HEAD - FOOT)

    def at(self, turn: float, ring: float) -> Point:
        """Return the point at an angle or height, so far out: 0 is the root, 1 a leaf."""
        far = ring * ((RADIUS if self.is_round else SIDE - 2 * MARGIN) - (NAMES if self.is_named else 0))
        if self.is_round:
            return CENTRE[0] + far * cos(turn), CENTRE[1] + far * sin(turn)
        return MARGIN + far, turn

    def thickness(self, animals: int) -> float:
        """Return how thick a branch is: all its branches together have its own section, as in a real tree."""
        total = max(1, self.outline.animals)
        trunk = min(40.0, 6 + 4 * log2(total + 1))
        return max(1.6, round(2 * trunk * sqrt(animals / total)) / 2)

    @property
    def trunk(self) -> str:
        """Return the outline of the trunk, which widens towards the ground, or of the root of an upright tree."""
        x, y = self.at(self.turn(ROOT), 0)
        wide = self.thickness(self.outline.animals) / 2
        if not self.is_round:
            far, foot = x - 90, wide * 2.4
            above = f"C{x - 40:.0f} {y - wide:.0f} {x - 60:.0f} {y - wide:.0f} {far:.0f} {y - foot:.0f}V{y + foot:.0f}"
            below = f"C{x - 60:.0f} {y + wide:.0f} {x - 40:.0f} {y + wide:.0f} {x:.0f} {y + wide:.0f}"
            return f"M{x:.0f} {y - wide:.0f}{above}{below}Z"
        foot, flare = y + 700, wide * 4
        left = f"C{x - wide * 1.2:.0f} {y + 560:.0f} {x - wide * 1.5:.0f} {foot - 8:.0f} {x - flare:.0f} {foot:.0f}"
        ground = f"Q{x:.0f} {foot - 14:.0f} {x + flare:.0f} {foot:.0f}"
        right = (
            f"C{x + wide * 1.5:.0f} {foot - 8:.0f} {x + wide * 1.2:.0f} {y + 560:.0f} {x + wide:.0f} {y:.0f}"
        )
        return f"M{x - wide:.0f} {y:.0f}{left}{ground}{right}Z"

    def limbs(self) -> Iterator[dict[str, str]]:
        """Give the branches, those of one rank and thickness as one path."""
        paths: defaultdict[tuple[int, float], list[str]] = defaultdict(list)
        for index in range(1, len(self.outline.rows)):
            depth = self.depth[index]
            thick = self.thickness(self.outline.rows[index][4])
            paths[depth, thick].append(self._limb(self.outline.line_of(index)[-2], index))
        for (depth, thick), curves in sorted(paths.items()):
            yield {"depth": str(depth), "width": f"{thick:g}", "path": "".join(curves)}

    def _limb(self, above: int, index: int) -> str:
        start, end = self.rings[self.depth[above]], self.rings[self.depth[index]]
        middle = (start + end) / 2
        points = [
            self.at(self.turn(above), start),
            self.at(self.turn(above), middle),
            self.at(self.turn(index), middle),
            self.at(self.turn(index), end),
        ]
        if above == ROOT and self.is_round:
            points[1] = points[0]
        (a, b), *rest = ((f"{x:.0f}", f"{y:.0f}") for x, y in points)
        return f"M{a} {b}C" + " ".join(f"{x} {y}" for x, y in rest)

    def leaves(self) -> Iterator[dict[str, str]]:
        """Give the animals: whose they are, and their names where there is room."""
        for index, row in enumerate(self.outline.rows):
            if row[5] or index == ROOT:
                continue
            turn = self.turn(index)
            x, y = self.at(turn, 1)
            leaf = {
                "x": f"{x:.1f}",
                "y": f"{y:.1f}",
                "kind": "own" if row[6] else "friend" if row[7] else "other",
            }
            yield {**leaf, **self._label(row, turn)} if self.is_named else leaf

    def _label(self, row: Sequence[str], turn: float) -> dict[str, str]:
        degrees = turn * 180 / pi if self.is_round else 0.0
        is_left = self.is_round and cos(turn) < 0
        room = int(NAMES / (self.letters * WIDTH)) - 2
        name = _cut(row[3][:1].upper() + row[3][1:] if row[3] else row[2], room)
        return {
            "name": name,
            "latin": row[2] if row[3] and len(name) + len(row[2]) < room else "",
            "is_latin": "" if row[3] else "yes",
            "rotate": f"{degrees + 180 if is_left else degrees:.1f}",
            "shift": f"{-self.letters if is_left else self.letters:.1f}",
            "anchor": "end" if is_left else "start",
        }

    def groups(self) -> Iterator[dict[str, str]]:
        """Give the names of the larger groups, and where they stand."""
        taken: list[Point] = []
        for index, row in enumerate(self.outline.rows):
            if index == ROOT or not row[5] or row[4] * 40 < self.outline.animals:
                continue
            x, y = self.at(self.turn(index), self.rings[self.depth[index]])
            if all(abs(x - left) > 170 or abs(y - top) > 30 for left, top in taken):
                taken.append((x, y))
                yield {"x": f"{x:.1f}", "y": f"{y - 14:.1f}", "name": _cut(row[2])}


def drawn(outline: Outline, *, title: str, on: date, is_round: bool) -> str:
    """Return the picture of a tree."""
    picture = Picture(outline, is_round=is_round)
    counted = ngettext("%(count)d animal", "%(count)d animals", outline.animals) % {"count": outline.animals}
    return render_to_string(
        "web/tree_picture.svg",
        {
            "side": SIDE,
            "height": f"{picture.height:.0f}",
            "title": title,
            "caption": f"{counted} · {date_format(on, 'DATE_FORMAT')}",
            "picture": picture,
            "letters": f"{picture.letters:.1f}",
        },
    )


def _cut(name: str, longest: int = LONGEST_NAME) -> str:
    clean = "".join(letter for letter in name if letter.isprintable())
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"


def _starts(outline: Outline) -> list[int]:
    """Return for each node how many animals stand before its own."""
    starts = [0] * len(outline.rows)
    for index in range(len(outline.rows)):
        before = starts[index]
        for child in outline.children_of(index):
            starts[child] = before
            before += outline.rows[child][4]
    return starts


def _rings(depths: Sequence[int]) -> list[float]:
    """Return how far out each rank stands. The more there is of it, the closer it stands to the one before."""
    counts = [max(1, depths.count(depth)) for depth in range(1, DEPTH + 1)]
    widths = [count**-0.33 for count in counts]
    rings, total = [0.0], sum(widths)
    for width in widths:
        rings.append(rings[-1] + width / total)
    return rings
