#!/usr/bin/env python3
"""Draws the land of the maps, static/web/art/world.svg, from Natural Earth 1:50m (public domain).

It is taken from the npm package world-atlas, by npm itself and checked against its digest; or from the package's file,
if its path is given:

    scripts/outline.py [world-atlas-2.0.2.tgz]
"""

import base64
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO, cast

PACKAGE = "world-atlas@2.0.2"
# What npm says of it; no secret.
INTEGRITY = (
    "sha512-"
    "IXfV0qwlKXpckz1FhwXVwKRjiIhOnWttOskm5CtxMsjg"  # pragma: allowlist secret
    "E/MXAYRHWJqgXOpM8IkcPBoXnyTU5lFHcYa5ChG0LQ=="  # pragma: allowlist secret
)
MEMBER = "package/land-50m.json"
OUTLINE = Path(__file__).parents[1] / "src/biologidex/web/static/web/art/world.svg"
UNIT = 20  # in a degree
AROUND, POLE = 360 * UNIT, 90 * UNIT
OFF = 1.0  # units by which a line may be off
LEAST = 10  # square units that an island has at least
SVG = """<svg xmlns="http://www.w3.org/2000/svg">
  <!-- Land of Natural Earth 1:50m (naturalearthdata.com), in the public domain, made simpler by scripts/outline.py \
from {package}. Twentieths of a degree: x is east, y is south. -->
  <symbol id="land" viewBox="-3600 -1800 7200 3600"><path d="{path}"/></symbol>
</svg>
"""
Point = tuple[int, int]


def fetched() -> bytes:
    """Return the package as npm finds it."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", PACKAGE]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 -- a fixed command
        return next(Path(folder).glob("*.tgz")).read_bytes()


def drawn(package: bytes) -> str:
    """Return the drawing that a package makes, or raise ValueError if it is another one."""
    if "sha512-" + base64.b64encode(hashlib.sha512(package).digest()).decode() != INTEGRITY:
        raise ValueError(f"This is not {PACKAGE}.")
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        topology = json.load(cast("IO[bytes]", archive.extractfile(MEMBER)))
    rings = (simpler(unrolled(ring)) for ring in rings_of(topology))
    told = (path_of(copy) for ring in rings if area(ring) >= LEAST for copy in copies(ring))
    return SVG.format(package=PACKAGE, path="".join(told))


def rings_of(topology: dict) -> Iterator[list[Point]]:
    """Give every coast as a ring of points in our units. A TopoJSON ring is made of arcs; ~n is n backwards."""
    (scale_x, scale_y), (x0, y0) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for deltas in topology["arcs"]:
        x = y = 0
        arc = []
        for dx, dy in deltas:
            x, y = x + dx, y + dy
            arc.append((round((x * scale_x + x0) * UNIT), round(-(y * scale_y + y0) * UNIT)))
        arcs.append(arc)
    (land,) = topology["objects"]["land"]["geometries"]
    for polygon in land["arcs"]:
        for parts in polygon:
            ring: list[Point] = []
            for part in parts:
                ring += arcs[part] if part >= 0 else arcs[~part][::-1]
            yield ring


def unrolled(ring: list[Point]) -> list[Point]:
    """Let a ring go on beyond 180 degrees instead of jumping to the other side. One around a pole holds the pole."""
    turned, shift = [ring[0]], 0
    for (before, _), (x, y) in pairwise(ring):
        shift -= AROUND * round((x - before) / AROUND)
        turned.append((x + shift, y))
    if turned[-1][0] != turned[0][0]:
        pole = POLE if turned[0][1] > 0 else -POLE
        turned += [(turned[-1][0], pole), (turned[0][0], pole), turned[0]]
    return turned


def copies(ring: list[Point]) -> Iterator[list[Point]]:
    """Give a ring wherever it shows on a map from 180 degrees west to 180 east."""
    for shift in (-AROUND, 0, AROUND):
        copy = [(x + shift, y) for x, y in ring]
        if min(copy)[0] < AROUND // 2 and max(copy)[0] > -AROUND // 2:
            yield copy


def simpler(ring: list[Point]) -> list[Point]:
    """Leave points out as long as no line is off by more than OFF (Douglas and Peucker), in two halves of the ring."""
    far = max(range(len(ring)), key=lambda place: distance(ring[0], ring[place]))
    return halved(ring[: far + 1])[:-1] + halved(ring[far:])[:-1]


def distance(one: Point, other: Point) -> int:
    """Return the square of a distance."""
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def halved(line: list[Point]) -> list[Point]:
    """Do the same to a line whose ends stay."""
    keep, waiting = {0, len(line) - 1}, [(0, len(line) - 1)]
    while waiting:
        start, end = waiting.pop()
        (x, y), (dx, dy) = line[start], (line[end][0] - line[start][0], line[end][1] - line[start][1])
        off, place = max(
            ((abs(dx * (line[at][1] - y) - dy * (line[at][0] - x)), at) for at in range(start + 1, end)),
            default=(0, start),
        )
        if off > OFF * (dx * dx + dy * dy) ** 0.5:
            keep.add(place)
            waiting += [(start, place), (place, end)]
    return [line[place] for place in sorted(keep)]


def area(ring: list[Point]) -> float:
    """Return how large a ring is, in square units."""
    return abs(sum(x * v - u * y for (x, y), (u, v) in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


def path_of(ring: list[Point]) -> str:
    """Write a ring as SVG does: where it begins, and then how far it is from one point to the next."""
    steps = [(x - u, y - v) for (u, v), (x, y) in pairwise(ring)]
    numbers = [number for step in steps for number in step]
    told = "".join(f" {number}" if number >= 0 else str(number) for number in numbers).strip()
    return f"M{ring[0][0]} {ring[0][1]}l{told}z"


if __name__ == "__main__":
    OUTLINE.write_text(drawn(Path(sys.argv[1]).read_bytes() if sys.argv[1:] else fetched()), encoding="utf-8")
