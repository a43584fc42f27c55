"""Which part of a photo is meant, and which way up: what a person may ask for before it is identified. No Django.

A framing is absolute. Asked for again, or of a photo that is framed already, it gives the same picture.
"""

import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any, Self

from biologidex.core.errors import gettext_noop as _
from biologidex.media.errors import ImpossibleFraming

ROTATIONS = (0, 90, 180, 270)
LEAST_SHARE = 0.02  # of a side: less is no picture of an animal but a slip of the finger
PLACES = 4  # decimals of a share: a tenth of a pixel in a thousand
TEXT = re.compile(r"(?:rotation=(\d{1,3}))?;?(?:crop=([\d.,]{7,40}))?")


@dataclass(frozen=True)
class Crop:
    """A part of the upright picture, in shares of its sides from the top left corner."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def given(cls, told: object, *, field: str = "transformations") -> Self | None:
        """Read what a program sent; None is the whole picture. Raises ImpossibleFraming, naming the field."""
        if told is None:
            return None
        if not isinstance(told, Mapping) or set(told) != {"x", "y", "width", "height"}:
            raise ImpossibleFraming(_("A crop has x, y, width and height."), field=field)
        crop = cls(*(_share(told[name], field) for name in ("x", "y", "width", "height")))
        if crop.width < LEAST_SHARE or crop.height < LEAST_SHARE:
            told = {"share": f"{LEAST_SHARE:.0%}"}
            raise ImpossibleFraming(
                _("A crop keeps at least %(share)s of each side."), field=field, told=told
            )
        if crop.x + crop.width > 1.001 or crop.y + crop.height > 1.001:
            raise ImpossibleFraming(_("A crop ends within the picture."), field=field)
        crop = cls(crop.x, crop.y, *_within(crop))
        return None if astuple(crop) == (0, 0, 1, 1) else crop

    def shares(self) -> dict[str, float]:
        """Return it as programs send it."""
        return {"x": self.x, "y": self.y, "width": self.width, "height": self.height}


def _share(value: object, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ImpossibleFraming(_("A crop is told in shares of the picture, from 0 to 1."), field=field)
    return round(float(value), PLACES)


def _within(crop: Crop) -> tuple[float, float]:
    """Return width and height without the sliver that rounding pushed over the edge."""
    return round(min(crop.width, 1 - crop.x), PLACES), round(min(crop.height, 1 - crop.y), PLACES)


@dataclass(frozen=True)
class Framing:
    """A turn, a part, both or neither.

    `rotation` is clockwise from the pixels as the file holds them, in place of what the camera wrote about "up": who
    turns a picture by hand has looked at it. None leaves it to the camera.
    """

    rotation: int | None = None
    crop: Crop | None = None

    @classmethod
    def given(cls, *, rotation: object = None, crop: object = None, field: str = "transformations") -> Self:
        """Read what a program sent, or raise ImpossibleFraming, naming the field."""
        if isinstance(rotation, bool) or not (rotation is None or rotation in ROTATIONS):
            raise ImpossibleFraming("The rotation is 0, 90, 180 or 270 degrees clockwise.", field=field)
        turn = None if rotation is None else int(rotation)
        return cls(turn, Crop.given(crop, field=field))

    @classmethod
    def told(cls, transformations: object, *, field: str = "transformations") -> Self:
        """Read an object like `{"rotation": 90, "crop": {...}}`; None and an empty one ask for nothing."""
        told = {} if transformations is None else transformations
        if not isinstance(told, Mapping):
            raise ImpossibleFraming('Transformations are an object like {"rotation": 90}.', field=field)
        unknown = set(told) - {"rotation", "crop"}
        if unknown:
            raise ImpossibleFraming("The transformations are `rotation` and `crop`.", field=field)
        return cls.given(rotation=told.get("rotation"), crop=told.get("crop"), field=field)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `str` wrote."""
        match = TEXT.fullmatch(text)
        if not match:
            raise ImpossibleFraming("This is no framing.", field=None)
        sides = [float(side) for side in match[2].split(",")] if match[2] else []
        return cls(int(match[1]) if match[1] else None, Crop(*sides) if sides else None)

    def __str__(self) -> str:
        """Write it in the one way in which it is kept: "", "rotation=90", "rotation=90;crop=0.1,0.2,0.5,0.5"."""
        said = [] if self.rotation is None else [f"rotation={self.rotation}"]
        if self.crop:
            said.append("crop=" + ",".join(f"{side:.{PLACES}f}" for side in astuple(self.crop)))
        return ";".join(said)

    @property
    def is_neutral(self) -> bool:
        """Whether it leaves the photo as it is."""
        return self == AS_IT_IS

    def transformations(self) -> dict[str, Any]:
        """Return it as programs send it: only what was asked for."""
        asked: dict[str, Any] = {} if self.rotation is None else {"rotation": self.rotation}
        return asked | ({"crop": self.crop.shares()} if self.crop else {})


AS_IT_IS = Framing()
