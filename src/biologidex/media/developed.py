"""What comes out of the darkroom. Light to import: the web server reads this, and never opens a photo itself."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

# The longest side of each picture that is made, largest first: each is made from the one before.
VARIANTS = {"full": 1920, "card": 640, "thumb": 256}
# The one picture that is a PNG, for the existing client, which reads nothing else. It is made from "full" when it is
# first asked for. 1024, not 1280: a third less work and room.
DEX, DEX_LONGEST = "dex", 1024
PNG_START, PNG_END = b"\x89PNG\r\n\x1a\n", b"\0\0\0\0IEND\xaeB`\x82"
JPEG_START, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
RECIPE = 1  # counts up when the same photo would give other bytes


def extension_of(variant: str) -> str:
    """Return how the names of such pictures end."""
    return "png" if variant == DEX else "jpg"


def fitted(width: int, height: int, longest: int) -> tuple[int, int]:
    """Return the size within `longest`, in proportion, never larger than it was and never without pixels."""
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


@dataclass(frozen=True)
class Capture:
    """What a photo says about its taking. An empty source means that it says nothing."""

    taken_local: str = ""  # ISO 8601 on the camera's clock: "2026-05-01T09:30:00.250000", or a date alone
    utc_offset_minutes: int | None = None
    taken_at: datetime | None = None  # the instant, when the offset is known
    time_source: str = ""
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    place_source: str = ""


@dataclass(frozen=True)
class Picture:
    """A developed photo: upright, in sRGB, without metadata, in every size. No sizes: only looked at so far."""

    format: str
    width: int
    height: int
    capture: Capture
    variants: dict[str, bytes] = field(repr=False)
    look: str = ""  # as media.looks tells it

    @property
    def size(self) -> int:
        """How many bytes all its sizes take together."""
        return sum(map(len, self.variants.values()))

    def facts(self) -> dict[str, Any]:
        """Return everything but the pixels in types that JSON has."""
        capture = asdict(self.capture)
        if self.capture.taken_at:
            capture["taken_at"] = self.capture.taken_at.isoformat()
        shape = {"format": self.format, "width": self.width, "height": self.height}
        return {**shape, "capture": capture, "look": self.look}

    @classmethod
    def from_facts(cls, facts: dict[str, Any], variants: dict[str, bytes]) -> "Picture":
        """Put together again what `facts` took apart."""
        capture = dict(facts["capture"])
        if capture["taken_at"]:
            capture["taken_at"] = datetime.fromisoformat(capture["taken_at"])
        shape = (facts["format"], facts["width"], facts["height"])
        return cls(*shape, Capture(**capture), variants, facts["look"])
