"""Our mark as bitmaps, for home screens that take no drawing: the shapes of `icon.svg`, painted."""

import functools
import io
from collections.abc import Iterable

from PIL import Image, ImageDraw

TOUCH = 180  # pixels, as the largest of the phones asks for that round the corners themselves
SIZES = (192, 512)  # as others ask for
FINER = 4  # painted this much larger and then shrunk, so that edges are smooth
DRAWING = 512  # the side of the drawing in its own units
GREEN, GOLD, PAPER = "#24483a", "#cfb473", "#f6efdd"
Point = tuple[float, float]
LEAF: tuple[tuple[Point, Point, Point, Point], ...] = (
    ((112, 400), (92, 240), (208, 112), (400, 112)),
    ((400, 112), (420, 272), (304, 400), (112, 400)),
)
RIBS: tuple[tuple[Point, Point, Point, Point], ...] = (
    ((150, 362), (146, 318), (152, 276), (170, 240)),
    ((150, 362), (194, 366), (236, 360), (272, 342)),
    ((362, 150), (318, 146), (276, 152), (240, 170)),
    ((362, 150), (366, 194), (360, 236), (342, 272)),
)
EYE = (((256, 256), 92, GREEN), ((256, 256), 80, GOLD), ((256, 256), 46, GREEN), ((240, 238), 14, PAPER))
ROUND = 112  # radius of the corners, for those who leave them to us
SAFE = 0.8  # of a side: what is outside of this circle may be cut off
STEPS = 48


def _curve(ends: tuple[Point, Point, Point, Point]) -> list[Point]:
    """Return points along a cubic Bézier curve."""
    points = []
    for step in range(STEPS + 1):
        t = step / STEPS
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        x, y = (sum(weight * end[axis] for weight, end in zip(weights, ends, strict=True)) for axis in (0, 1))
        points.append((x, y))
    return points


class Brush:
    """Paints the drawing at some size, shrunk around the middle where edges may be cut off."""

    def __init__(self, size: int, shrunk: float = 1.0) -> None:
        self.side, self.shrunk = size * FINER, shrunk
        self.unit = self.side / DRAWING * shrunk
        self.picture = Image.new("RGBA", (self.side, self.side), "#0000")
        self.draw = ImageDraw.Draw(self.picture)

    def at(self, points: Iterable[Point]) -> list[Point]:
        """Return where points of the drawing are."""
        start = self.side * (1 - self.shrunk) / 2
        return [(start + x * self.unit, start + y * self.unit) for x, y in points]

    def mark(self) -> None:
        """Paint the leaf and the eye."""
        self.draw.polygon(self.at(point for ends in LEAF for point in _curve(ends)), fill=PAPER)
        for vein in ([(112, 400), (196, 316)], [(316, 196), (400, 112)]):
            self.draw.line(self.at(vein), fill=GREEN, width=round(14 * self.unit))
        for rib in RIBS:
            self.draw.line(self.at(_curve(rib)), fill=GREEN, width=round(8 * self.unit), joint="curve")
        for centre, radius, colour in EYE:
            self.draw.circle(self.at([centre])[0], radius * self.unit, fill=colour)

    def png(self, size: int) -> bytes:
        """Return the file."""
        file = io.BytesIO()
        self.picture.resize((size, size), Image.Resampling.LANCZOS).save(file, "PNG", optimize=True)
        return file.getvalue()


@functools.cache
def touch_icon(size: int = TOUCH) -> bytes:
    """Return the mark as a PNG file. Its corners are square: the phone rounds them itself."""
    brush = Brush(size)
    brush.picture.paste(GREEN, (0, 0, brush.side, brush.side))
    brush.mark()
    return brush.png(size)


@functools.cache
def icon(size: int) -> bytes:
    """Return the mark with round corners, for those who show it as it is."""
    brush = Brush(size)
    brush.draw.rounded_rectangle((0, 0, brush.side - 1, brush.side - 1), ROUND * brush.unit, fill=GREEN)
    brush.mark()
    return brush.png(size)


@functools.cache
def maskable_icon(size: int) -> bytes:
    """Return the mark for those who cut a shape of their own out of it."""
    brush = Brush(size, shrunk=SAFE)
    brush.picture.paste(GREEN, (0, 0, brush.side, brush.side))
    brush.mark()
    return brush.png(size)
