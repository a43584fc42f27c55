"""Where something was found, and who says so: one shape and one rule for photos, cards, pages and programs."""

import math
from dataclasses import dataclass
from typing import Any, Protocol, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from biologidex.media.errors import ImpossiblePlace
from biologidex.media.models import Photo

HALF = {
    "latitude": gettext_noop("Give the latitude too, or leave both blank."),
    "longitude": gettext_noop("Give the longitude too, or leave both blank."),
}
OUTSIDE = {
    "latitude": gettext_noop("The latitude lies between -90 and 90 degrees."),
    "longitude": gettext_noop("The longitude lies between -180 and 180 degrees."),
}
HALF_THE_EARTH = 20_037_509.0  # metres from a point to its antipode: no place is less certain


class Located(Protocol):
    """A row with the four columns of a place."""

    @property
    def latitude(self) -> float | None: ...
    @property
    def longitude(self) -> float | None: ...
    @property
    def accuracy_m(self) -> float | None: ...
    @property
    def place_source(self) -> str: ...


@dataclass(frozen=True)
class Place:
    """A place in degrees of WGS84, and who says so: the photo, the device at the shutter, or the person."""

    latitude: float
    longitude: float
    accuracy_m: float | None = None
    source: str = Photo.PlaceSource.PERSON

    @classmethod
    def given(
        cls, latitude: float | None, longitude: float | None, accuracy_m: float | None = None, *, source: str
    ) -> Self | None:
        """Return the place that somebody gave, None if they gave none. Half a place is refused, not dropped."""
        if latitude is None and longitude is None:
            return None
        if latitude is None or longitude is None:
            missing = "latitude" if latitude is None else "longitude"
            raise ImpossiblePlace(HALF[missing], field=missing)
        return cls(latitude, longitude, accuracy_m, source)

    @classmethod
    def of(cls, row: Located) -> Self | None:
        """Return the place that a row holds, None if it holds none."""
        return cls.given(row.latitude, row.longitude, row.accuracy_m, source=row.place_source)

    def columns(self) -> dict[str, Any]:
        """Return what a row holds of it."""
        return {
            "latitude": self.latitude,
            "longitude": self.longitude,
            "accuracy_m": self.accuracy_m,
            "place_source": self.source,
        }

    def check(self) -> None:
        """Raise ImpossiblePlace, naming the field, for coordinates that are not on Earth."""
        for name, value, most in (("latitude", self.latitude, 90), ("longitude", self.longitude, 180)):
            if not math.isfinite(value) or abs(value) > most:
                raise ImpossiblePlace(OUTSIDE[name], field=name)
        if self.accuracy_m is not None and not 0 <= self.accuracy_m <= HALF_THE_EARTH:
            raise ImpossiblePlace(
                _("The accuracy must be a number of metres, 0 or more."), field="accuracy_m"
            )


NOWHERE = dict.fromkeys(("latitude", "longitude", "accuracy_m")) | {"place_source": ""}
