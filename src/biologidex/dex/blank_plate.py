"""What stands for the picture of a card that has none: the existing client cannot do without."""

import functools
import io

from PIL import Image, ImageDraw

SIZE = (640, 480)
PAPER, FRAME, MARK = "#f6efdd", "#cfb473", "#c9c0a6"
PAWS = ((320, 290, 74, 58), (232, 214, 28, 38), (288, 168, 28, 40), (352, 168, 28, 40), (408, 214, 28, 38))


@functools.cache
def blank_plate() -> bytes:
    """Return a plate with a faint paw print as a PNG file of a few kilobytes."""
    plate = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(plate)
    pen.rectangle([16, 16, SIZE[0] - 17, SIZE[1] - 17], outline=FRAME, width=3)
    for x, y, wide, high in PAWS:
        pen.ellipse([x - wide, y - high, x + wide, y + high], fill=MARK)
    file = io.BytesIO()
    plate.save(file, "PNG", optimize=True)
    return file.getvalue()
