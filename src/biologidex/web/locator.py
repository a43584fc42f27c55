"""Maps that need nobody: land, meridians and marks as a drawing of our own, from latitude and longitude.

The land is Natural Earth's, which is in the public domain (`static/web/art/world.svg`, made by `scripts/outline.py`).
Where the operator names a server of map tiles, a closer look is laid out of these as well.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from biologidex.dex.privacy import CELL, METRES_IN_A_DEGREE, ToldPlace

SHAPE = 1.6  # how much wider than high
LEAST, MOST = 9.0, 170.0  # degrees of latitude that a map shows
MARGIN = 1.5
STEPS = (1, 2, 5, 10, 15, 30)  # degrees between two lines of the net
LINES = 7  # at most, from top to bottom
STEEPEST = 80.0  # of latitude, for the squeeze: at a pole nothing would have a width
TILE = 256
EXACT_ZOOM, CELL_ZOOM = 14, 9
MERCATOR_END = 85.05


@dataclass(frozen=True)
class Mark:
    """A place on the map, in its units: a point with the circle in which it lies, or the cell that stands for it."""

    x: str
    y: str
    reach: str
    is_cell: bool
    left: str
    top: str
    width: str
    height: str
    label: str


@dataclass(frozen=True)
class Line:
    """A line of the net, and what stands at its end."""

    at: str
    label: str


@dataclass(frozen=True)
class Locator:
    """A map. Every number is text already: no language may write it with a comma."""

    view: str
    squeeze: str
    left: str
    top: str
    right: str
    bottom: str
    size: str
    offsets: list[str]
    meridians: list[Line]
    parallels: list[Line]
    marks: list[Mark]


@dataclass(frozen=True)
class Tiles:
    """Nine tiles around a place, and where the place is on them, in their pixels."""

    addresses: list[str]
    x: str
    y: str
    reach: str
    is_cell: bool
    attribution: str


def _n(number: float) -> str:
    return f"{number:.4f}".rstrip("0").rstrip(".")


def locate(places: Sequence[tuple[ToldPlace, str]]) -> Locator | None:
    """Return a map on which all these places are marked, each with its label; None where there is no place."""
    points = [(p.longitude, p.latitude, p, label) for p, label in places if p.latitude is not None]
    known = [(x, y, p, label) for x, y, p, label in points if x is not None and y is not None]
    if not known:
        return None
    west, east = min(x for x, *_ in known), max(x for x, *_ in known)
    south, north = min(y for _, y, *_ in known), max(y for _, y, *_ in known)
    middle = (south + north) / 2
    squeeze = math.cos(math.radians(min(abs(middle), STEEPEST)))
    height = max(LEAST, (north - south) * MARGIN, (east - west) * squeeze * MARGIN / SHAPE)
    height = min(height, MOST)
    width = height * SHAPE
    left, top = (west + east) / 2 * squeeze - width / 2, -middle - height / 2
    return Locator(
        view=" ".join(map(_n, (left, top, width, height))),
        squeeze=_n(squeeze),
        left=_n(left),
        top=_n(top),
        right=_n(left + width),
        bottom=_n(top + height),
        size=_n(height / 26),
        offsets=_offsets(left / squeeze, (left + width) / squeeze),
        meridians=_net(left, left + width, height, squeeze, "EW"),
        parallels=_net(-top - height, -top, height, 1.0, "NS"),
        marks=[_mark(x, y, place, label, squeeze, height) for x, y, place, label in known],
    )


def _offsets(west: float, east: float) -> list[str]:
    """Return where the land is drawn: once more beside itself, if the map reaches over the edge of the world."""
    reaches = [(-360, west < -180), (0, True), (360, east > 180)]
    return [_n(-180 + shift) for shift, wanted in reaches if wanted]


def _net(start: float, end: float, height: float, squeeze: float, letters: str) -> list[Line]:
    step = next((step for step in STEPS if height / step <= LINES), STEPS[-1])
    first, last = math.ceil(start / squeeze / step), math.floor(end / squeeze / step)
    lines = []
    for degrees in range(first * step, last * step + 1, step):
        if letters == "NS" and abs(degrees) > 90:
            continue
        told = (degrees + 180) % 360 - 180 if letters == "EW" else degrees
        letter = "" if told in {0, -180} else letters[0] if told > 0 else letters[1]
        at = degrees * squeeze if letters == "EW" else -degrees
        lines.append(Line(_n(at), f"{abs(told)}°{letter}"))
    return lines


def _mark(x: float, y: float, place: ToldPlace, label: str, squeeze: float, height: float) -> Mark:
    reach = (place.accuracy_m or 0) / METRES_IN_A_DEGREE
    return Mark(
        x=_n(x * squeeze),
        y=_n(-y),
        reach=_n(max(reach, height / 48)),
        is_cell=place.is_generalised,
        left=_n((x - CELL / 2) * squeeze),
        top=_n(-y - CELL / 2),
        width=_n(CELL * squeeze),
        height=_n(CELL),
        label=label,
    )


def tiles_of(place: ToldPlace) -> Tiles | None:
    """Return a closer look from the operator's server of tiles; None where there is none, or at the poles.

    The server learns the tiles that are asked for: of a generalised place these are the surroundings of its cell.
    """
    if not settings.TILES_URL or place.latitude is None or place.longitude is None:
        return None
    if abs(place.latitude) > MERCATOR_END:
        return None
    zoom = CELL_ZOOM if place.is_generalised else EXACT_ZOOM
    count = 2**zoom
    across = (place.longitude + 180) / 360 * count
    down = (1 - math.asinh(math.tan(math.radians(place.latitude))) / math.pi) / 2 * count
    column, row = math.floor(across) - 1, math.floor(down) - 1
    addresses = [
        settings.TILES_URL.format(z=zoom, x=(column + dx) % count, y=min(max(row + dy, 0), count - 1))
        for dy in range(3)
        for dx in range(3)
    ]
    metres = 2 * math.pi * 6_378_137 * math.cos(math.radians(place.latitude)) / (count * TILE)
    reach = max((place.accuracy_m or 0) / metres, 14)
    cell = CELL / 360 * count * TILE / 2
    return Tiles(
        addresses=addresses,
        x=_n((across - column) * TILE),
        y=_n((down - row) * TILE),
        reach=_n(cell if place.is_generalised else min(reach, 1.4 * TILE)),
        is_cell=place.is_generalised,
        attribution=settings.TILES_ATTRIBUTION,
    )
