"""What becomes of a picture's pixels: upright, in true colours, in three sizes, and nothing but pixels."""

import io
import struct

import pytest
from PIL import Image, PngImagePlugin

import pictures
from biologidex.media import picture
from biologidex.media.developed import VARIANTS, Picture
from biologidex.media.errors import PhotoRefused, PhotoUnreadable, TooManyPixels

MAX_PIXELS = 60_000_000
STORED_AS = {  # what a camera does to an upright picture, and says by this orientation
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def develop(content: bytes) -> Picture:
    return picture.develop(content, max_pixels=MAX_PIXELS)


def shown(made: Picture, variant: str = "full") -> Image.Image:
    return Image.open(io.BytesIO(made.variants[variant]))


def colour_at(image: Image.Image, x: float, y: float) -> str:
    """Name the colour at a place given in shares of width and height."""
    red, green, blue = image.convert("RGB").getpixel((int(x * image.width), int(y * image.height)))
    bright = (red > 128, green > 128, blue > 128)
    return {(True, False, False): "red", (False, True, False): "lime", (False, False, True): "blue"}.get(
        bright, "white" if all(bright) else "black"
    )


def corners(image: Image.Image) -> dict[str, str]:
    return {
        "top left": colour_at(image, 0.2, 0.2),
        "top right": colour_at(image, 0.8, 0.2),
        "bottom left": colour_at(image, 0.2, 0.8),
        "bottom right": colour_at(image, 0.8, 0.8),
    }


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF"])
def test_every_kind_that_phones_send_is_read(form: str) -> None:
    made = develop(pictures.encoded(pictures.scene(), form))

    assert (made.format, made.width, made.height) == (form, 96, 64)
    assert corners(shown(made)) == pictures.CORNERS


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", STORED_AS)
def test_a_picture_is_upright_however_the_camera_was_held(form: str, orientation: int) -> None:
    stored = pictures.scene()
    turn = STORED_AS[orientation]
    if turn is not None:
        stored = stored.transpose(turn)

    made = develop(pictures.encoded(stored, form, exif=pictures.exif(orientation=orientation)))

    assert (made.width, made.height) == (96, 64)
    assert {variant: shown(made, variant).size for variant in VARIANTS} == dict.fromkeys(VARIANTS, (96, 64))
    assert corners(shown(made)) == pictures.CORNERS


def test_an_orientation_that_does_not_exist_counts_as_upright() -> None:
    assert corners(shown(develop(pictures.jpeg(exif=pictures.exif(orientation=9))))) == pictures.CORNERS


def test_large_pictures_shrink_in_proportion() -> None:
    made = develop(pictures.jpeg(2400, 1600))

    assert {variant: shown(made, variant).size for variant in VARIANTS} == {
        "full": (1920, 1280),
        "card": (640, 427),
        "thumb": (256, 171),
    }
    assert corners(shown(made, "thumb")) == pictures.CORNERS


@pytest.mark.parametrize(("width", "height"), [(1, 1), (20_000, 3), (3, 20_000), (1, 5000)])
def test_odd_shapes_keep_at_least_one_pixel(width: int, height: int) -> None:
    made = develop(pictures.encoded(Image.new("RGB", (width, height), "red"), "PNG"))

    assert (made.width, made.height) == (width, height)
    assert all(
        min(shown(made, variant).size) >= 1 and max(shown(made, variant).size) <= longest
        for variant, longest in VARIANTS.items()
    )


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_counts(form: str) -> None:
    second = Image.new("RGB", (96, 64), "black")

    made = develop(pictures.encoded(pictures.scene(), form, save_all=True, append_images=[second]))

    assert corners(shown(made)) == pictures.CORNERS


# --- colour -----------------------------------------------------------------------------------


def test_a_wide_colour_space_is_converted() -> None:
    orange = Image.new("RGB", (64, 64), (200, 100, 50))

    plain = shown(develop(pictures.encoded(orange))).getpixel((32, 32))
    wide = shown(develop(pictures.encoded(orange, icc_profile=pictures.DISPLAY_P3))).getpixel((32, 32))

    assert plain[0] + 8 < wide[0]
    assert plain[2] - 5 > wide[2]


def test_a_profile_that_is_none_costs_nothing_but_itself() -> None:
    made = develop(pictures.encoded(pictures.scene(), icc_profile=b"this is no profile" * 20))

    assert corners(shown(made)) == pictures.CORNERS


def test_colours_for_print_become_colours_for_screens() -> None:
    made = develop(pictures.encoded(Image.new("CMYK", (64, 64), (0, 255, 255, 0))))

    assert colour_at(shown(made), 0.5, 0.5) == "red"


def test_sixteen_bits_of_grey_keep_their_shades() -> None:
    ramp = Image.frombytes("I;16", (256, 16), struct.pack("<256H", *range(0, 65536, 256)) * 16)

    image = shown(develop(pictures.encoded(ramp, "PNG"))).convert("L")

    assert [abs(image.getpixel((x, 8)) - x) < 8 for x in (16, 64, 128, 240)] == [True] * 4


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_every_way_a_png_holds_colour_is_read(mode: str) -> None:
    image = shown(develop(pictures.encoded(Image.new("RGB", (64, 64), "white").convert(mode), "PNG")))

    assert (image.mode, colour_at(image, 0.5, 0.5)) == ("RGB", "white")


@pytest.mark.parametrize("form", ["PNG", "WEBP", "AVIF"])
def test_what_is_transparent_shows_a_white_ground(form: str) -> None:
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))

    assert colour_at(shown(develop(pictures.encoded(clear, form))), 0.5, 0.5) == "white"


def test_a_transparent_colour_of_a_palette_shows_a_white_ground() -> None:
    content = pictures.encoded(Image.new("P", (64, 64), 3), "GIF", transparency=3)

    assert colour_at(shown(develop(content)), 0.5, 0.5) == "white"


# --- nothing but pixels -----------------------------------------------------------------------

SECRETS = [b"home sweet home", b"serial 4711", b"52.5162", b"http://ns.adobe.com"]


def telling(form: str) -> bytes:
    """Return a picture that gives away as much as its kind can hold."""
    gps = pictures.place(52.5162, 13.3777) | {28: b"ASCII\0\0\0home sweet home"}
    tags = {0x9003: "2026:05:01 09:30:00", 0x927C: b"serial 4711", 0x9286: b"ASCII\0\0\0home sweet home"}
    options = {"exif": pictures.exif(orientation=6, tags=tags, gps=gps), "icc_profile": pictures.DISPLAY_P3}
    xmp = b"<x:xmpmeta xmlns:x='http://ns.adobe.com/'>home sweet home 52.5162</x:xmpmeta>"
    if form == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", xmp.decode())
        text.add_text("Comment", "home sweet home")
        return pictures.encoded(pictures.scene(), form, pnginfo=text, **options)
    if form == "JPEG":
        options["comment"] = b"home sweet home"
    return pictures.encoded(pictures.scene(), form, xmp=xmp, **options)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_no_derivative_tells_where_when_or_by_whom(form: str) -> None:
    content = telling(form)
    assert any(secret in content for secret in SECRETS)

    made = develop(content)

    for variant in VARIANTS:
        image = shown(made, variant)
        assert not any(secret in made.variants[variant] for secret in SECRETS)
        assert not dict(image.getexif())
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}


# --- refused ----------------------------------------------------------------------------------


def test_a_bomb_is_refused_at_its_header() -> None:
    with pytest.raises(TooManyPixels, match="50000 x 50000"):
        develop(pictures.png_header(50_000, 50_000))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF"])
def test_the_bound_on_pixels_holds_for_every_kind(form: str) -> None:
    content = pictures.encoded(pictures.scene(101, 100), form)

    with pytest.raises(TooManyPixels):
        picture.develop(content, max_pixels=100 * 100)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF"])
@pytest.mark.parametrize("share", [0.15, 0.4, 0.7, 0.9])
def test_half_a_picture_is_no_picture(form: str, share: float) -> None:
    noise = Image.effect_noise((160, 120), 80).convert("RGB")
    content = pictures.encoded(noise, form)

    with pytest.raises(PhotoUnreadable, match="damaged or not complete"):
        develop(content[: int(len(content) * share)])


def test_a_jpeg_without_its_last_rows_is_refused() -> None:
    content = pictures.encoded(Image.effect_noise((640, 480), 80))

    with pytest.raises(PhotoUnreadable):
        develop(content[:-200])


def test_a_kind_without_a_picture_is_refused() -> None:
    for magic in (
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF\x24\0\0\0WEBPVP8 ",
        b"\0\0\0\x18ftypheic",
    ):
        with pytest.raises(PhotoRefused):
            develop(magic)
