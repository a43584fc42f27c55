"""When and where a photo was taken, as far as the photo says so. Nothing is guessed, nothing invented.

A camera writes the time on its own clock and often not the zone. Without a zone there is no instant, only a local
time. What cannot be true (month 13, 0 degrees and 0 degrees, a zero denominator) counts as not said.
"""

import math
import re
import struct
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from PIL import Image

from biologidex.media.developed import Capture

# Numbers of the EXIF standard.
EXIF_PART, GPS_PART = 0x8769, 0x8825
ORIGINAL, SUBSECOND = 0x9003, 0x9291
# A time and the tag of its zone. The zone of another tag holds for the original if both show the same time.
ZONES = ((ORIGINAL, 0x9011), (0x9004, 0x9012), (0x0132, 0x9010))
LATITUDE, LONGITUDE = (1, 2, "N", "S"), (3, 4, "E", "W")
GPS_TIME, GPS_STATUS, GPS_DATE, GPS_ERROR = 7, 9, 29, 31

FIRST_PHOTOGRAPH = 1826
EARLIEST_ZONE = timedelta(hours=14)  # where each day begins first
QUARTER = timedelta(minutes=15)  # every zone's offset is a multiple of this
SATELLITE_LAG = timedelta(seconds=20)  # how late a phone's last satellite time may be to tell the zone
LOCAL_TIME = re.compile(r"\s*(\d{4}):(\d\d):(\d\d)(?:[ T](\d\d):(\d\d):(\d\d))?")
OFFSET = re.compile(r"\s*([+-])(\d\d):(\d\d)")
DAMAGED = (
    ArithmeticError, AttributeError, EOFError, LookupError, OSError, SyntaxError, TypeError, ValueError, struct.error,
)  # fmt: skip


def read(exif: bytes | None, *, now: datetime | None = None) -> Capture:
    """Read a picture's EXIF block. Damage costs the damaged facts only."""
    if not exif:
        return Capture()
    tags, details, gps = _parts(exif)
    place = _place(gps)
    return Capture(**_time(tags | details, gps, longitude=place.get("longitude"), now=now), **place)


def orientation(exif: bytes | None) -> int:
    """Return how the picture has to be turned, 1 to 8; 1 is upright, and what counts when nothing is said."""
    value = _parts(exif)[0].get(0x0112, 1) if exif else 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


Tags = Mapping[int, Any]


def _parts(exif: bytes) -> tuple[dict[int, Any], dict[int, Any], dict[int, Any]]:
    block = Image.Exif()

    def whole() -> Image.Exif:
        block.load(exif)
        return block

    return _kept(whole), _kept(lambda: block.get_ifd(EXIF_PART)), _kept(lambda: block.get_ifd(GPS_PART))


def _kept(get: Callable[[], Mapping[int, Any]]) -> dict[int, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damage is expected here
        try:
            return dict(get())
        except DAMAGED:
            return {}


# --- time -------------------------------------------------------------------------------------


def _time(tags: Tags, gps: Tags, *, longitude: float | None, now: datetime | None) -> dict[str, Any]:
    taken = _local_time(tags.get(ORIGINAL), tags.get(SUBSECOND))
    latest_day = ((now or datetime.now(UTC)) + EARLIEST_ZONE).date()
    if taken is None or taken.year < FIRST_PHOTOGRAPH or date(*taken.timetuple()[:3]) > latest_day:
        return {}
    told: dict[str, Any] = {"taken_local": taken.isoformat(), "time_source": "photo"}
    if not isinstance(taken, datetime):
        return told
    offset = _offset(tags)
    if offset is None:
        offset = _offset_by_satellites(taken, gps, longitude)
    if offset is not None:
        told["utc_offset_minutes"] = offset
        told["taken_at"] = taken.replace(tzinfo=timezone(timedelta(minutes=offset))).astimezone(UTC)
    return told


def _local_time(value: object, fraction: object = None) -> date | datetime | None:
    """Return the time on the camera's clock; a date where the time of day is blank."""
    match = LOCAL_TIME.match(_text(value))
    if not match:
        return None
    numbers = [int(number) for number in match.groups() if number is not None]
    try:
        day = date(*numbers[:3])
        if len(numbers) == 3:
            return day
        hour, minute, second = numbers[3:]
        digits = re.match(r"\d{1,6}", _text(fraction))
        micro = int(digits[0].ljust(6, "0")) if digits else 0
        return datetime.combine(day, time(hour, minute, second, micro))
    except ValueError:
        return None


def _offset(tags: Tags) -> int | None:
    """Return the minutes east of Greenwich that the photo states for its time."""
    for time_tag, zone_tag in ZONES:
        text = _text(tags.get(zone_tag))
        if _text(tags.get(time_tag)) != _text(tags.get(ORIGINAL)):
            continue
        if text.strip() == "Z":
            return 0
        if match := OFFSET.match(text):
            minutes = (int(match[2]) * 60 + int(match[3])) * (-1 if match[1] == "-" else 1)
            if -12 * 60 <= minutes <= 14 * 60 and int(match[3]) < 60:
                return minutes
    return None


def _offset_by_satellites(taken: datetime, gps: Tags, longitude: float | None) -> int | None:
    """Return the zone that makes the camera's clock agree with the satellites' UTC, if one does.

    The satellites' time is that of the last fix and may be old. An old one fits a zone by chance in 1 of 22, so it
    must also fit the longitude where there is one; no country's clock is more than four hours from its sun.
    """
    fix = _satellite_time(gps)
    if fix is None:
        return None
    difference = taken - fix
    offset = round(difference / QUARTER) * QUARTER
    minutes = int(offset.total_seconds() // 60)
    if abs(difference - offset) > SATELLITE_LAG or not -12 * 60 <= minutes <= 14 * 60:
        return None
    if longitude is not None:
        from_sun = abs(minutes - longitude * 4) % (24 * 60)
        if min(from_sun, 24 * 60 - from_sun) > 4 * 60:
            return None
    return minutes


def _satellite_time(gps: Tags) -> datetime | None:
    day = _local_time(gps.get(GPS_DATE))
    clock = _numbers(gps.get(GPS_TIME))
    if day is None or clock is None or len(clock) != 3:
        return None
    hours, minutes, seconds = clock
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds < 61):
        return None
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- compared with a time without a zone
    return midnight + timedelta(hours=hours, minutes=minutes, seconds=seconds)


# --- place ------------------------------------------------------------------------------------


def _place(gps: Tags) -> dict[str, Any]:
    latitude, longitude = _degrees(gps, *LATITUDE, limit=90), _degrees(gps, *LONGITUDE, limit=180)
    void = _text(gps.get(GPS_STATUS)).strip().upper() == "V"  # the receiver itself calls it invalid
    if void or latitude is None or longitude is None or latitude == longitude == 0:
        return {}
    error = _numbers(gps.get(GPS_ERROR))
    accuracy = error[0] if error and 0 < error[0] < 1_000_000 else None
    return {
        "latitude": latitude,
        "longitude": longitude,
        "accuracy_m": accuracy,
        "place_source": "photo",
    }


def _degrees(gps: Tags, side_tag: int, tag: int, plus: str, minus: str, *, limit: int) -> float | None:
    """Return signed degrees. Without its side (north, south ...) a number is no place."""
    side = _text(gps.get(side_tag)).strip().upper()
    numbers = _numbers(gps.get(tag))
    if side not in {plus, minus} or numbers is None or not 1 <= len(numbers) <= 3:
        return None
    degrees, minutes, seconds = [*numbers, 0.0, 0.0][:3]
    if degrees < 0 or not 0 <= minutes < 60 or not 0 <= seconds <= 60:
        return None
    value = degrees + minutes / 60 + seconds / 3600
    return round(value if side == plus else -value, 7) if value <= limit else None


# --- values -----------------------------------------------------------------------------------


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return value.replace("\0", "") if isinstance(value, str) else ""


def _numbers(value: object) -> list[float] | None:
    """Return the numbers of a tag, or None if one of them is none: a zero denominator, not a number."""
    values = value if isinstance(value, tuple) else (value,)
    try:
        numbers = [float(number) for number in values]
    except DAMAGED:
        return None
    return numbers if all(math.isfinite(number) for number in numbers) else None
