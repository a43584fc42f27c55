"""Our mark as a bitmap, for the phones whose home screen takes no drawing: the shapes of `icon.svg`, painted."""

import functools
import io

from PIL import Image, ImageDraw

SIZE = 180  # pixels, as the largest of those phones asks for
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
STEPS = 48


def _scaled(points: list[Point]) -> list[Point]:
    factor = SIZE * FINER / DRAWING
    return [(x * factor, y * factor) for x, y in points]


def _curve(ends: tuple[Point, Point, Point, Point]) -> list[Point]:
    """Return points along a cubic Bézier curve."""
    points = []
    for step in range(STEPS + 1):
        t = step / STEPS
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        x, y = (sum(weight * end[axis] for weight, end in zip(weights, ends, strict=True)) for axis in (0, 1))
        points.append((x, y))
    return _scaled(points)


@functools.cache
def touch_icon() -> bytes:
    """Return the mark as a PNG file. Its corners are square: the phone rounds them itself."""
    unit = SIZE * FINER / DRAWING
    picture = Image.new("RGB", (SIZE * FINER, SIZE * FINER), GREEN)
    brush = ImageDraw.Draw(picture)
    brush.polygon([point for ends in LEAF for point in _curve(ends)], fill=PAPER)
    for vein in ([(112, 400), (196, 316)], [(316, 196), (400, 112)]):
        brush.line(_scaled(list(vein)), fill=GREEN, width=round(14 * unit))
    for rib in RIBS:
        brush.line(_curve(rib), fill=GREEN, width=round(8 * unit), joint="curve")
    for (x, y), radius, colour in EYE:
        brush.circle((x * unit, y * unit), radius * unit, fill=colour)
    file = io.BytesIO()
    picture.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(file, "PNG", optimize=True)
    return file.getvalue()
