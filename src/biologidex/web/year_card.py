"""A year on one plate, as a picture to give to others: numbers, a few photos, and no place."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image, ImageDraw, ImageFont, ImageOps

WIDTH, HEIGHT = 1080, 1350
PAPER, SHEET, INK, SOFT, RULE, GREEN, GOLD = (
    "#f3ecdb", "#fffcf4", "#25271f", "#5c5949", "#b7a880", "#24483a", "#8a6414",
)  # fmt: skip
FONTS = {
    "bold": "SourceSerifPro-Semibold.ttf",
    "plain": "SourceSerifPro-Regular.ttf",
    "italic": "SourceSerifPro-It.ttf",
}
MIDDLE, EDGE = WIDTH // 2, 60
PHOTOS = 6
LAYOUTS = {1: (1, 1), 2: (2, 1), 3: (3, 1), 4: (2, 2), 5: (3, 2), 6: (3, 2)}  # columns and rows
FRAME = (110, 552, WIDTH - 110, 1108)  # where the photos are
GAP = 22


@dataclass(frozen=True)
class Year:
    """What a year came to, and some photos of it with the names of the animals."""

    year: int
    name: str
    animals: int
    groups: list[tuple[str, int]]
    days: int
    first_finds: int = 0
    streak: int = 0
    photos: list[tuple[bytes, str]] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """Say it in a few lines, without what is nothing."""
        told = [" · ".join(f"{count} {label}" for label, count in self.groups[:3])]
        out = ngettext("out on %(days)s day", "out on %(days)s days", self.days) % {"days": self.days}
        more = [out] if self.days else []
        if self.first_finds:
            first = ngettext("first here to find %(n)s", "first here to find %(n)s", self.first_finds)
            more.append(first % {"n": self.first_finds})
        if self.streak > 1:
            more.append(_("%(days)s days in a row") % {"days": self.streak})
        return [line for line in (*told, " · ".join(more)) if line]


@cache
def _font(style: str, size: int) -> ImageFont.FreeTypeFont:
    file = resources.files("font_source_serif_pro").joinpath("files", FONTS[style])
    return ImageFont.truetype(io.BytesIO(file.read_bytes()), size)


def year_card(year: Year) -> bytes:
    """Draw it, as a PNG."""
    card = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(card)
    pen.rounded_rectangle((EDGE - 24, EDGE - 24, WIDTH - EDGE + 24, HEIGHT - EDGE + 24), 28, fill=SHEET)
    pen.rectangle((EDGE, EDGE, WIDTH - EDGE, HEIGHT - EDGE), outline=GREEN, width=3)
    pen.rectangle((EDGE + 10, EDGE + 10, WIDTH - EDGE - 10, HEIGHT - EDGE - 10), outline=GREEN, width=1)
    _write(pen, 130, year.name, "plain", 44, SOFT)
    _write(pen, 215, str(year.year), "bold", 110, GREEN)
    _write(pen, 365, str(year.animals), "bold", 150, INK)
    animals = ngettext("animal on my plates", "animals on my plates", year.animals)
    _write(pen, 468, animals, "italic", 46, GOLD)
    _ornament(pen, 522)
    _photos(card, year.photos[:PHOTOS])
    for place, line in enumerate(year.lines):
        _write(pen, 1142 + 46 * place, line, "plain", 32, INK)
    _write(pen, 1240, "BiologiDex", "bold", 30, GREEN)
    out = io.BytesIO()
    card.save(out, "PNG")
    return out.getvalue()


def _write(pen: ImageDraw.ImageDraw, y: int, text: str, style: str, size: int, ink: str) -> None:
    """Write a line in the middle, in smaller letters if it is long."""
    while size > 12 and pen.textlength(text, font=_font(style, size)) > WIDTH - 2 * EDGE - 60:
        size -= 2
    pen.text((MIDDLE, y), text, font=_font(style, size), fill=ink, anchor="mm")


def _ornament(pen: ImageDraw.ImageDraw, y: int) -> None:
    for side in (-1, 1):
        pen.line((MIDDLE + side * 30, y, MIDDLE + side * 230, y), fill=RULE, width=2)
        pen.line((MIDDLE + side * 46, y + 6, MIDDLE + side * 190, y + 6), fill=RULE, width=1)
    pen.polygon([(MIDDLE - 16, y + 3), (MIDDLE, y - 7), (MIDDLE + 16, y + 3), (MIDDLE, y + 13)], outline=RULE)


def _photos(card: Image.Image, photos: Sequence[tuple[bytes, str]]) -> None:
    """Hang the photos side by side, each cut to its frame and with its name below."""
    if not photos:
        return
    columns, rows = LAYOUTS[len(photos)]
    left, top, right, bottom = FRAME
    width = (right - left - GAP * (columns - 1)) // columns
    height = (bottom - top - GAP * (rows - 1)) // rows
    pen = ImageDraw.Draw(card)
    for place, (content, name) in enumerate(photos):
        row, column = divmod(place, columns)
        in_row = min(columns, len(photos) - row * columns)
        shift = (columns - in_row) * (width + GAP) // 2
        x, y = left + shift + column * (width + GAP), top + row * (height + GAP)
        with Image.open(io.BytesIO(content)) as photo:
            photo.draft("RGB", (width, height))
            cut = ImageOps.fit(photo.convert("RGB"), (width, height - 46))
        card.paste(cut, (x, y))
        pen.rectangle((x - 1, y - 1, x + width, y + height - 46), outline=RULE, width=2)
        size = 28
        while size > 12 and pen.textlength(name, font=_font("plain", size)) > width:
            size -= 1
        pen.text((x + width // 2, y + height - 22), name, font=_font("plain", size), fill=INK, anchor="mm")
