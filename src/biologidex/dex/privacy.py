"""How exactly somebody is told where an animal was found. Every surface asks `place_for`, and nothing else.

A place that is not to be told exactly becomes the centre of its cell in a fixed grid. It is not blurred by chance:
the mean of many finds in one garden would give the garden away.
"""

import math
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry

CELL = 0.2  # degrees: the size that iNaturalist uses, 22 km from north to south
METRES_IN_A_DEGREE = 111_320.0  # of latitude, on a sphere with the Earth's circumference


@dataclass(frozen=True)
class ToldPlace:
    """What somebody is told of a place: WGS84 degrees, and within how many metres the animal was."""

    place_name: str
    latitude: float | None
    longitude: float | None
    accuracy_m: float | None
    place_source: str
    is_generalised: bool


class Placed(Protocol):
    """A find as far as this file asks about it: a `DexEntry` whose animal is loaded, or a row of `card_rows`."""

    @property
    def owner_id(self) -> UUID: ...
    @property
    def geoprivacy(self) -> str: ...
    @property
    def is_sensitive(self) -> bool: ...
    @property
    def latitude(self) -> float | None: ...
    @property
    def longitude(self) -> float | None: ...
    @property
    def accuracy_m(self) -> float | None: ...
    @property
    def place_name(self) -> str: ...
    @property
    def place_source(self) -> str: ...


def place_for(entry: Placed, viewer: User | AnonymousUser | None) -> ToldPlace | None:
    """Return what this viewer is told of where it was, None for nothing.

    Its owner is told exactly what they said. Others are told the cell, or nothing, as the owner has chosen; the place
    of a sensitive animal is never told more exactly than the cell. The viewer None stands for anybody.
    """
    if isinstance(viewer, User) and viewer.pk == entry.owner_id:
        return _exact(entry)
    if entry.geoprivacy == DexEntry.Geoprivacy.PRIVATE:
        return None
    if entry.geoprivacy == DexEntry.Geoprivacy.OPEN and not entry.is_sensitive:
        return _exact(entry)
    return _generalised(entry)


def place_on_a_link(entry: DexEntry) -> ToldPlace | None:
    """Return what whoever has a link to a card may be told of where it was: its cell at most, whatever its owner chose
    for people with an account, and nothing if that is nothing. A link may be passed on to anybody.
    """
    if entry.geoprivacy == DexEntry.Geoprivacy.PRIVATE:
        return None
    return _generalised(entry)


def _exact(entry: Placed) -> ToldPlace | None:
    if entry.latitude is None and not entry.place_name:
        return None
    return ToldPlace(
        place_name=entry.place_name,
        latitude=entry.latitude,
        longitude=entry.longitude,
        accuracy_m=entry.accuracy_m,
        place_source=entry.place_source,
        is_generalised=False,
    )


def _generalised(entry: Placed) -> ToldPlace | None:
    if entry.latitude is None or entry.longitude is None:
        return None  # a name of a place may be as exact as a number
    latitude, longitude = centre(entry.latitude, most=90), centre(entry.longitude, most=180)
    return ToldPlace(
        place_name="",
        latitude=latitude,
        longitude=longitude,
        accuracy_m=_reach(latitude),
        place_source=entry.place_source,
        is_generalised=True,
    )


def centre(degrees: float, *, most: int) -> float:
    """Return the middle of the cell that holds a latitude (`most` 90) or a longitude (180).

    >>> centre(48.137, most=90), centre(-0.01, most=180), centre(90, most=90)
    (48.1, -0.1, 89.9)
    """
    cells = round(2 * most / CELL)
    cell = min(math.floor(round((degrees + most) / CELL, 9)), cells - 1)
    return round(cell * CELL - most + CELL / 2, 6)


def _reach(latitude: float) -> float:
    """Return how far the corners of a cell are from its centre, in metres, rounded up."""
    height = CELL / 2 * METRES_IN_A_DEGREE
    width = height * math.cos(math.radians(max(abs(latitude) - CELL / 2, 0)))
    return float(math.ceil(math.hypot(height, width)))
