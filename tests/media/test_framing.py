"""Turned and cropped: what may be asked for, what comes out, and that asking twice changes nothing."""

import io
from typing import Any

import pytest
from PIL import Image

import pictures
from biologidex.media import picture
from biologidex.media.errors import ImpossibleFraming
from biologidex.media.framing import AS_IT_IS, Crop, Framing

QUARTERS = {
    "top left": (0, 0), "top right": (0.5, 0), "bottom left": (0, 0.5), "bottom right": (0.5, 0.5),
}  # fmt: skip


def crop(x: float, y: float, width: float = 0.5, height: float = 0.5) -> dict[str, float]:
    return {"x": x, "y": y, "width": width, "height": height}


def corners(content: bytes) -> list[str]:
    """Name the colours at the corners of a picture: top left, top right, bottom left, bottom right."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    wide, high = image.width - 5, image.height - 5
    names = {(255, 0, 0): "red", (0, 255, 0): "lime", (0, 0, 255): "blue", (255, 255, 255): "white"}
    found = []
    for at in ((4, 4), (wide, 4), (4, high), (wide, high)):
        pixel = image.getpixel(at)
        nearest = min(names, key=lambda one: sum(abs(a - b) for a, b in zip(one, pixel, strict=True)))
        found.append(names[nearest])
    return found


@pytest.mark.parametrize("rotation", [0, 90, 180, 270, 90.0])
def test_quarter_turns_are_taken(rotation: float) -> None:
    assert Framing.given(rotation=rotation) == Framing(int(rotation))


@pytest.mark.parametrize("rotation", [45, -90, 360, True, "90", [90], {}, float("nan"), float("inf")])
def test_other_turns_are_refused(rotation: object) -> None:
    with pytest.raises(ImpossibleFraming, match="0, 90, 180 or 270") as refusal:
        Framing.given(rotation=rotation, field="post_conversion_transformations")

    assert refusal.value.field == "post_conversion_transformations"


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ([0, 0, 1, 1], "x, y, width and height"),
        ({"x": 0, "y": 0, "width": 1}, "x, y, width and height"),
        (crop(0, 0) | {"z": 1}, "x, y, width and height"),
        (crop(-0.1, 0), "from 0 to 1"),
        (crop(0, 0, width=1.5), "from 0 to 1"),
        (crop(0, 0, width=float("nan")), "from 0 to 1"),
        ({"x": "0", "y": 0, "width": 1, "height": 1}, "from 0 to 1"),
        ({"x": True, "y": 0, "width": 1, "height": 1}, "from 0 to 1"),
        (crop(0, 0, height=0.019), "at least 2%"),
        (crop(0.6, 0), "ends within"),
    ],
)
def test_impossible_parts_are_refused(told: object, sentence: str) -> None:
    with pytest.raises(ImpossibleFraming, match=sentence):
        Framing.given(crop=told)


@pytest.mark.parametrize("told", ["rotation", [], 90, {"rotation": 90, "mirror": True}])
def test_what_is_no_transformation_is_refused(told: object) -> None:
    with pytest.raises(ImpossibleFraming):
        Framing.told(told)


def test_nothing_and_everything_leave_the_photo_as_it_is() -> None:
    for told in (None, {}, {"rotation": None}, {"crop": None}, {"crop": crop(0, 0, 1, 1)}):
        assert Framing.told(told) == AS_IT_IS
    assert AS_IT_IS.is_neutral
    assert not Framing(0).is_neutral  # "as the file holds it" is not "as the camera says"


@pytest.mark.parametrize(
    ("framing", "text"),
    [
        (AS_IT_IS, ""),
        (Framing(90), "rotation=90"),
        (Framing(None, Crop(0.1, 0, 0.5, 0.25)), "crop=0.1000,0.0000,0.5000,0.2500"),
        (Framing(270, Crop(0.3333, 0.3333, 0.6667, 0.6667)), "rotation=270;crop=0.3333,0.3333,0.6667,0.6667"),
    ],
)
def test_it_is_kept_as_one_text(framing: Framing, text: str) -> None:
    assert (str(framing), Framing.read(text)) == (text, framing)
    assert Framing.told(framing.transformations()) == framing
    assert len(text) <= 60


def test_the_same_part_told_a_little_differently_is_the_same() -> None:
    thirds = crop(1 / 3, 1 / 3, 2 / 3, 2 / 3)
    rounded = crop(0.33333, 0.3333, 0.66666, 0.6667)

    assert Framing.given(crop=thirds) == Framing.given(crop=rounded)


# --- what comes out -------------------------------------------------------------------------------


def developed(content: bytes, framing: Framing) -> Any:
    return picture.develop(content, max_pixels=1_000_000, framing=framing)


@pytest.mark.parametrize(
    ("rotation", "seen"),
    [
        (0, ["red", "lime", "blue", "white"]),
        (90, ["blue", "red", "white", "lime"]),
        (180, ["white", "blue", "lime", "red"]),
        (270, ["lime", "white", "red", "blue"]),
    ],
)
@pytest.mark.parametrize("orientation", [None, 1, 6, 8])
def test_a_turn_by_hand_counts_in_place_of_the_cameras(
    rotation: int, seen: list[str], orientation: int | None
) -> None:
    content = pictures.jpeg(exif=pictures.exif(orientation=orientation))

    made = developed(content, Framing(rotation))

    assert corners(made.variants["full"]) == seen
    assert (made.width, made.height) == ((96, 64) if rotation in {0, 180} else (64, 96))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("quarter", QUARTERS)
def test_a_part_is_that_of_the_upright_picture(orientation: int, quarter: str) -> None:
    content = pictures.encoded(
        pictures.scene(), exif=pictures.exif(orientation=orientation), subsampling=0, quality=95
    )
    whole = developed(content, AS_IT_IS)

    made = developed(content, Framing(None, Crop(*QUARTERS[quarter], 0.5, 0.5)))

    wanted = corners(whole.variants["full"])[list(QUARTERS).index(quarter)]
    assert set(corners(made.variants["full"])) == {wanted}
    assert (made.width, made.height) == (whole.width // 2, whole.height // 2)


def test_a_part_of_a_large_photo_keeps_its_pixels() -> None:
    content = pictures.jpeg(8000, 4000)
    made = picture.develop(
        content, max_pixels=60_000_000, framing=Framing(None, Crop(0.125, 0.25, 0.25, 0.5))
    )

    assert (made.width, made.height) == (2000, 2000)
    assert Image.open(io.BytesIO(made.variants["full"])).size == (1920, 1920)
    assert set(corners(made.variants["full"])) == {"red", "blue"}


@pytest.mark.parametrize("form", ["PNG", "WEBP", "HEIF", "AVIF", "GIF"])
def test_every_kind_is_turned_and_cropped(form: str) -> None:
    content = pictures.encoded(pictures.scene(), form)

    made = developed(content, Framing(90, Crop(0, 0, 1, 0.5)))

    assert corners(made.variants["full"]) == ["blue", "red", "blue", "red"]
    assert (made.format, made.width, made.height) == (form, 64, 48)
