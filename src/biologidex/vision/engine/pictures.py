"""Opens pictures that strangers sent: cheaply, upright, and without trusting a byte of them."""

import io
import struct
import zlib

import pillow_heif
from PIL import Image, ImageOps

from biologidex.vision.engine.answer import Fault, ProviderError

pillow_heif.register_heif_opener()

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF")

# Damaged files make the decoders raise nearly anything. These are the kinds that fuzzing them brought up.
BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError, RuntimeError,
    AttributeError, struct.error, zlib.error, Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip


def open_picture(picture: bytes, *, least_side: int, max_pixels: int) -> Image.Image:
    """Decode to an upright RGB image whose shorter side is at least `least_side`, if the picture has that many.

    It may be smaller than the original by whole factors: a JPEG is decoded at 1/2, 1/4 or 1/8 of its size,
    which for a 12-megapixel photo is several times faster than decoding it all. Transparent parts become
    white. Of an animation the first frame counts. Raises ProviderError and nothing else.
    """
    try:
        with Image.open(io.BytesIO(picture), formats=FORMATS) as image:
            if image.width * image.height > max_pixels:
                raise ProviderError(
                    Fault.PICTURE_TOO_LARGE,
                    f"The picture has {image.width} x {image.height} pixels; at most {max_pixels} are decoded.",
                )
            image.draft("RGB", (least_side, least_side))
            image.load()
            return _shrunk(_flat(_upright(image)), least_side)
    except BROKEN as error:
        raise ProviderError(
            Fault.UNREADABLE_PICTURE, "This file is not a picture that can be opened, or it is damaged."
        ) from error


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except BROKEN:
        return image  # damaged EXIF data is no reason to refuse a good picture


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
    factor = min(image.size) // least_side
    return image.reduce(factor) if factor > 1 else image
