"""Opens pictures that strangers sent: cheaply, upright, and without trusting a byte of them."""

import io
import struct
import zlib

import pillow_heif
from PIL import ExifTags, Image

from biologidex.vision.engine.answer import Fault, ProviderError

pillow_heif.register_heif_opener()

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF")

# What the decoders raise on damaged files, found by feeding them a million of those.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    EOFError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
)

AVERAGED = {"RGB", "RGBA", "L", "LA", "CMYK"}  # modes in which the mean of two pixels is their blend

# What undoes each value of the EXIF orientation; 1 is upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def open_picture(picture: bytes, *, least_side: int, max_pixels: int) -> Image.Image:
    """Decode to an upright RGB image whose shorter side is at least `least_side`, if the picture has that many.

    It may be smaller than the original by whole factors: a JPEG is decoded at 1/2, 1/4 or 1/8 of its size,
    which for a 12-megapixel photo is several times faster than decoding it all. Transparent parts become
    white. Of an animation the first frame counts. Raises ProviderError and nothing else.
    """
    try:
        with Image.open(io.BytesIO(picture), formats=FORMATS) as image:
            if image.width * image.height > max_pixels:
                raise _too_large(max_pixels)
            image.draft("RGB", (least_side, least_side))
            image.load()
            turn = _turn(image)
            small = _shrunk(_flat(_shrunk(image, least_side)), least_side)
            return small if turn is None else small.transpose(turn)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(max_pixels) from error
    except BROKEN as error:
        raise ProviderError(
            Fault.UNREADABLE_PICTURE, "This file is not a picture that can be opened, or it is damaged."
        ) from error


def _too_large(max_pixels: int) -> ProviderError:
    return ProviderError(Fault.PICTURE_TOO_LARGE, f"The picture has more than {max_pixels:,} pixels.")


def _turn(image: Image.Image) -> Image.Transpose | None:
    """Return what makes the picture upright, by its EXIF data."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    except BROKEN:
        return None  # damaged EXIF data are no reason to refuse a good picture
    return TURNS.get(orientation) if isinstance(orientation, int) else None


def _flat(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value / 257).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image)
    return paper.convert("RGB")


def _shrunk(image: Image.Image, least_side: int) -> Image.Image:
    """Average whole squares of pixels; a picture whose pixels cannot be averaged stays as it is."""
    factor = min(image.size) // least_side
    return image.reduce(factor) if factor > 1 and image.mode in AVERAGED else image
