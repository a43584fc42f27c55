"""Opening pictures: upright, no larger than needed, and unharmed by whatever bytes come in."""

import io
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from biologidex.vision.engine.answer import ProviderError
from biologidex.vision.engine.pictures import FORMATS, open_picture

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # Pillow complains about damaged EXIF data

ORIENTATION = 0x0112
LIMIT = 64_000_000


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def scene() -> Image.Image:
    """Wider than high, with a red square in the upper left corner."""
    image = Image.new("RGB", (96, 64), "blue")
    image.paste("red", (0, 0, 32, 32))
    return image


def opened(picture: bytes, *, least_side: int = 64, max_pixels: int = LIMIT) -> Image.Image:
    return open_picture(picture, least_side=least_side, max_pixels=max_pixels)


def is_red(image: Image.Image, x: int, y: int) -> bool:
    red, _, blue = image.getpixel((x, y))
    return bool(red > 150 and blue < 100)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_opens_as_rgb(kind: str) -> None:
    image = opened(encoded(scene(), kind))

    assert (image.mode, image.size) == ("RGB", (96, 64))
    assert is_red(image, 8, 8)
    assert not is_red(image, 80, 50)


@pytest.mark.parametrize(
    "turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.TRANSVERSE]
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_turned_as_their_exif_data_ask(kind: str, turn: Image.Transpose) -> None:
    undone = {Image.Transpose.ROTATE_90: 6, Image.Transpose.ROTATE_180: 3, Image.Transpose.TRANSVERSE: 7}
    exif = Image.Exif()
    exif[ORIENTATION] = undone[turn]

    image = opened(encoded(scene().transpose(turn), kind, exif=exif))

    assert image.size == (96, 64)
    assert is_red(image, 8, 8)


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12"]
)
def test_a_good_picture_with_damaged_exif_data_opens(exif: bytes) -> None:
    assert opened(encoded(scene(), "JPEG", exif=exif)).size == (96, 64)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_a_turn_that_does_not_exist_is_ignored(orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation

    assert opened(encoded(scene(), "JPEG", exif=exif)).size == (96, 64)


def test_transparent_parts_become_white() -> None:
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))

    assert opened(encoded(image, "PNG")).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "I;16"])
def test_every_mode_of_png_opens(mode: str) -> None:
    white = {"I;16": 65535, "P": 255}.get(mode, "white")
    image = Image.new("L" if mode == "P" else mode, (64, 64), white).convert(mode)

    assert opened(encoded(image, "PNG")).getpixel((5, 5)) == (255, 255, 255)


def test_a_printers_jpeg_opens() -> None:
    assert is_red(opened(encoded(scene().convert("CMYK"), "JPEG")), 8, 8)


def test_of_an_animation_the_first_frame_counts() -> None:
    green = Image.new("RGB", (96, 64), "green")

    image = opened(encoded(scene(), "GIF", save_all=True, append_images=[green]))

    assert is_red(image, 8, 8)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    ("size", "least_side"), [((1600, 1200), 300), ((1200, 1601), 290), ((400, 300), 299)]
)
def test_a_large_picture_is_made_smaller_but_not_below_the_least_side(
    kind: str, size: tuple[int, int], least_side: int
) -> None:
    image = opened(encoded(Image.new("RGB", size), kind), least_side=least_side)

    assert least_side <= min(image.size) < 2 * least_side
    assert image.width / image.height == pytest.approx(size[0] / size[1], rel=0.01)


def test_a_small_picture_stays_as_it_is() -> None:
    assert opened(encoded(scene(), "PNG"), least_side=500).size == (96, 64)


def png_claiming(width: int, height: int) -> bytes:
    """A tiny file whose header promises a huge picture."""
    stream = bytearray(encoded(Image.new("1", (1, 1)), "PNG"))
    stream[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    stream[29:33] = zlib.crc32(stream[12:29]).to_bytes(4, "big")
    return bytes(stream)


@pytest.mark.parametrize("size", [(9000, 8000), (10_000, 10_000), (50_000, 50_000)])
def test_a_picture_with_too_many_pixels_is_not_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(ProviderError) as caught:
        opened(png_claiming(*size))

    assert caught.value.code == "picture_too_large"


GARBAGE = {
    "nothing": b"",
    "text": b"This is a photo, honestly.",
    "html": b"<!doctype html><img src=x onerror=alert(1)>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "jpeg without an end": encoded(scene(), "JPEG")[:200],
    "png without an end": encoded(scene(), "PNG")[:60],
    "heic without an end": encoded(scene(), "HEIF")[:300],
    "a format we do not take": encoded(scene(), "TIFF"),
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_what_is_no_picture_is_called_unreadable(garbage: bytes) -> None:
    with pytest.raises(ProviderError) as caught:
        opened(garbage)

    assert caught.value.code == "unreadable_picture"


@pytest.mark.slow
@settings(max_examples=300)
@given(data=st.data(), kind=st.sampled_from(FORMATS))
def test_damaged_files_open_or_are_refused_but_never_crash(data: st.DataObject, kind: str) -> None:
    damaged = bytearray(encoded(scene(), kind))
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)))

    for content in (bytes(damaged), bytes(damaged[:cut])):
        assert outcome(content) in {"RGB", "unreadable_picture", "picture_too_large"}


def outcome(content: bytes) -> str:
    try:
        return opened(content, max_pixels=1_000_000).mode
    except ProviderError as error:
        return error.code
