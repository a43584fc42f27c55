"""What a photo says about its taking is kept, what it does not say stays blank, and nonsense counts as silence."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

import pictures
from biologidex.media import capture, picture
from biologidex.media.developed import Capture

Tags = dict[int, Any]
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TAKEN, FRACTION, ZONE = 0x9003, 0x9291, 0x9011


def read(tags: Tags | None = None, gps: Tags | None = None) -> Capture:
    return capture.read(pictures.exif(tags=tags, gps=gps), now=NOW)


# --- time -------------------------------------------------------------------------------------


def test_time_and_zone_give_the_instant() -> None:
    said = read({TAKEN: "2026:05:01 09:30:00", FRACTION: "25", ZONE: "+02:00"})

    assert said == Capture(
        taken_local="2026-05-01T09:30:00.250000",
        utc_offset_minutes=120,
        taken_at=datetime(2026, 5, 1, 7, 30, 0, 250_000, tzinfo=UTC),
        time_source="photo",
    )


def test_without_a_zone_there_is_no_instant() -> None:
    said = read({TAKEN: "2026:05:01 09:30:00"})

    assert (said.taken_local, said.utc_offset_minutes, said.taken_at) == ("2026-05-01T09:30:00", None, None)
    assert said.time_source == "photo"


def test_a_day_without_a_time_stays_a_day() -> None:
    assert read({TAKEN: "2026:05:01   :  :  "}).taken_local == "2026-05-01"


def test_the_time_of_editing_is_not_the_time_of_taking() -> None:
    block = Image.Exif()
    block[0x0132] = "2026:05:01 09:30:00"

    assert capture.read(block.tobytes(), now=NOW) == Capture()


@pytest.mark.parametrize(
    "nonsense",
    [
        "0000:00:00 00:00:00",
        "2026:13:01 09:30:00",
        "2026:02:30 09:30:00",
        "2026:05:01 25:00:00",
        "1825:12:31 23:59:59",
        "2026:06:03 12:00:00",
        "9999:99:99 99:99:99",
        "    :  :     :  :  ",
        "yesterday",
        "",
    ],
)
def test_a_time_that_cannot_be_is_absent(nonsense: str) -> None:
    assert read({TAKEN: nonsense, ZONE: "+02:00"}) == Capture()


@pytest.mark.parametrize("stamp", ["1826:07:01 12:00:00", "2026:06:01 11:59:59", "2026:06:02 01:30:00"])
def test_the_first_photograph_and_today_in_the_east_are_possible(stamp: str) -> None:
    assert read({TAKEN: stamp}).taken_local


@pytest.mark.parametrize(
    ("zone", "minutes"),
    [
        ("+05:45", 345),
        ("-03:30", -210),
        ("Z", 0),
        ("+14:00", 840),
        ("+15:00", None),
        ("   :  ", None),
        ("+02:75", None),
    ],
)
def test_zones_as_cameras_write_them(zone: str, minutes: int | None) -> None:
    assert read({TAKEN: "2026:05:01 09:30:00", ZONE: zone}).utc_offset_minutes == minutes


def test_the_zone_of_another_time_counts_only_for_the_same_time() -> None:
    same = {TAKEN: "2026:05:01 09:30:00", 0x9004: "2026:05:01 09:30:00", 0x9012: "+02:00"}

    assert read(same).utc_offset_minutes == 120
    assert read(same | {0x9004: "2026:05:09 20:00:00"}).utc_offset_minutes is None


def satellites(hours: float, minutes: float, seconds: float, day: str = "2026:05:01") -> Tags:
    return {7: (hours, minutes, seconds), 29: day}


@pytest.mark.parametrize(
    ("gps", "minutes"),
    [
        (satellites(7, 30, 2), 120),
        (satellites(3, 45, 0), 345),
        (satellites(23, 30, 0, "2026:04:30"), 600),
        (satellites(7, 23, 0), None),  # an old fix: no zone is 127 minutes from Greenwich
        (satellites(7, 30, 40), None),
        (satellites(7, 30, 0, "2026:04:28"), None),
        (satellites(24, 0, 0), None),
        ({7: (7.0, 30.0, 0.0)}, None),
        ({29: "2026:05:01"}, None),
    ],
)
def test_the_satellites_time_tells_the_zone_if_it_fits_one(gps: Tags, minutes: int | None) -> None:
    said = read({TAKEN: "2026:05:01 09:30:00"}, gps)

    assert said.utc_offset_minutes == minutes
    assert (said.taken_at is None) == (minutes is None)


def test_a_zone_that_contradicts_the_place_is_not_believed() -> None:
    clock = {TAKEN: "2026:05:01 09:30:00"}

    assert read(clock, satellites(7, 30, 0) | pictures.place(52.5, 13.4)).utc_offset_minutes == 120
    assert read(clock, satellites(7, 30, 0) | pictures.place(37.8, -122.4)).utc_offset_minutes is None


def test_the_stated_zone_counts_more_than_the_satellites() -> None:
    assert read({TAKEN: "2026:05:01 09:30:00", ZONE: "+01:00"}, satellites(7, 30, 0)).utc_offset_minutes == 60


# --- place ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(52.5162, 13.3777), (-33.8568, 151.2153), (0.0, -78.4678)]
)
def test_the_place_is_read_with_its_side_of_the_equator(latitude: Any, longitude: Any) -> None:
    said = read(gps=pictures.place(latitude, longitude, error=4.7))

    assert said.latitude == pytest.approx(latitude, abs=1e-5)
    assert said.longitude == pytest.approx(longitude, abs=1e-5)
    assert (said.accuracy_m, said.place_source) == (pytest.approx(4.7), "photo")


GOOD = pictures.place(52.5162, 13.3777)


@pytest.mark.parametrize(
    "gps",
    [
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
        GOOD | {2: (91.0, 0.0, 0.0)},
        GOOD | {4: (180.0, 0.0, 1.0)},
        GOOD | {2: (52.0, 61.0, 0.0)},
        GOOD | {2: (IFDRational(52, 0), 30.0, 0.0)},
        GOOD | {2: (52.0, IFDRational(0, 0), 0.0)},
        GOOD | {1: "X"},
        GOOD | {9: "V"},
        {number: value for number, value in GOOD.items() if number != 1},
        {number: value for number, value in GOOD.items() if number != 4},
    ],
)
def test_a_place_that_cannot_be_is_absent(gps: Tags) -> None:
    said = read(gps=gps)

    assert (said.latitude, said.longitude, said.accuracy_m, said.place_source) == (None, None, None, "")


@pytest.mark.parametrize("error", [0.0, IFDRational(5, 0), 4_000_000.0])
def test_an_accuracy_that_says_nothing_is_absent(error: object) -> None:
    said = read(gps=GOOD | {31: error})

    assert said.latitude is not None
    assert said.accuracy_m is None


numbers = st.integers(min_value=0, max_value=2**32 - 1)
rationals = st.builds(IFDRational, numbers, numbers)


@given(
    latitude=st.tuples(rationals, rationals, rationals),
    longitude=st.tuples(rationals, rationals, rationals),
    sides=st.tuples(st.sampled_from("NSX"), st.sampled_from("EWX")),
)
def test_whatever_numbers_stand_there_a_place_is_on_earth_or_absent(
    latitude: Any, longitude: Any, sides: tuple[str, str]
) -> None:
    said = read(gps={1: sides[0], 2: latitude, 3: sides[1], 4: longitude})

    if said.place_source:
        assert math.isfinite(said.latitude)
        assert abs(said.latitude) <= 90
        assert math.isfinite(said.longitude)
        assert abs(said.longitude) <= 180
    else:
        assert (said.latitude, said.longitude) == (None, None)


@given(content=st.binary(max_size=200))
def test_rubble_in_place_of_facts_is_silence(content: bytes) -> None:
    assert capture.read(b"Exif\0\0" + content, now=NOW) == Capture()
    assert capture.orientation(content) == 1


@given(at=st.integers(min_value=0), by=st.binary(min_size=1, max_size=8))
def test_damage_costs_facts_but_never_the_photo(at: int, by: bytes) -> None:
    whole = pictures.exif(orientation=6, tags={TAKEN: "2026:05:01 09:30:00", ZONE: "+02:00"}, gps=GOOD)
    at %= len(whole)

    said = capture.read(whole[:at] + by + whole[at + len(by) :], now=NOW)

    assert (said.time_source == "") == (said.taken_local == "")
    assert said.taken_at is None or said.taken_at < NOW + timedelta(days=2)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_facts_are_found_in_every_kind_of_file(form: str) -> None:
    block = pictures.exif(
        orientation=6, tags={TAKEN: "2024:05:01 09:30:00", ZONE: "+02:00"}, gps=GOOD | {31: 8.0}
    )

    said = picture.develop(pictures.encoded(pictures.scene(), form, exif=block), max_pixels=10_000).capture

    assert (said.taken_local, said.utc_offset_minutes) == ("2024-05-01T09:30:00", 120)
    assert (round(said.latitude, 4), round(said.longitude, 4), said.accuracy_m) == (52.5162, 13.3777, 8.0)


def test_facts_that_an_old_png_holds_as_text_are_found() -> None:
    block = pictures.exif(tags={TAKEN: "2024:05:01 09:30:00"})
    for text, found in (
        (f"\nexif\n{len(block)}\n{block.hex()}\n", "2024-05-01T09:30:00"),
        ("\nexif\n9\nrubble", ""),
    ):
        info = PngInfo()
        info.add_text("Raw profile type exif", text)

        made = picture.develop(pictures.encoded(pictures.scene(), "PNG", pnginfo=info), max_pixels=10_000)

        assert made.capture.taken_local == found
