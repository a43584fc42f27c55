"""From untrusted bytes to three clean pictures and what the photo says about itself. No Django in here.

Everything in this file runs in the darkroom, a process of its own that has nothing worth stealing.
"""

import io
import struct
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile

from biologidex.media import capture, colour, formats, looks, polyglots, sentences
from biologidex.media.developed import DEX_LONGEST, VARIANTS, Picture, fitted
from biologidex.media.errors import PhotoEmpty, PhotoHidesContent, PhotoUnreadable, TooManyPixels
from biologidex.media.formats import JPEG, Format
from biologidex.media.framing import AS_IT_IS, Crop, Framing

# JPEG, not WebP: a quarter larger, but a third of the work (19 ms against 66), and every client reads it.
QUALITY = 82
# Of photos PNG saves little however hard it tries: level 6 takes four times as long as level 1 for a tenth less. Only
# runs of equal bytes are looked for (zlib's Z_RLE), which is faster still and on soft pictures smaller.
PNG_LEVEL, PNG_RUNS = 1, 3

READERS: dict[str, type[ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "GIF": GifImageFile,
    "HEIF": HeifImageFile,
    "AVIF": AvifImageFile,
}
UNREADABLE = (
    ArithmeticError, AttributeError, EOFError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError,
    struct.error,
)  # fmt: skip
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = {TURNS[turn] for turn in (5, 6, 7, 8)}
BY_HAND: dict[int | None, Image.Transpose | None] = {0: None, 90: TURNS[6], 180: TURNS[3], 270: TURNS[8]}
# Where a point of the turned picture comes from, in shares of the picture as it was.
FROM: dict[Image.Transpose | None, Callable[[float, float], tuple[float, float]]] = {
    None: lambda x, y: (x, y),
    TURNS[2]: lambda x, y: (1 - x, y),
    TURNS[3]: lambda x, y: (1 - x, 1 - y),
    TURNS[4]: lambda x, y: (x, 1 - y),
    TURNS[5]: lambda x, y: (y, x),
    TURNS[6]: lambda x, y: (y, 1 - x),
    TURNS[7]: lambda x, y: (1 - y, 1 - x),
    TURNS[8]: lambda x, y: (1 - y, x),
}
WHOLE = Crop(0, 0, 1, 1)
# Shrink by whole numbers first, then finely by at least this. Three times faster than all at once, and no eye sees it.
FIRST_GAP, GAP = 1.0, 1.5


def develop(data: bytes, *, max_pixels: int, framing: Framing = AS_IT_IS) -> Picture:
    """Read a photo whole and make its pictures, or raise a PhotoRefused that says why not."""
    kind = _admitted(data)
    crop = framing.crop or WHOLE
    with _readable(), _opened(data, kind, max_pixels) as image:
        width, height = image.size
        if isinstance(image, JpegImageFile):
            # Decode at a half, a quarter or an eighth of the size where that is enough.
            enough = VARIANTS["full"] / min(crop.width, crop.height)
            image.draft("RGB", fitted(width, height, round(enough)))
        image.load()
        exif = _exif(image)
        turn = BY_HAND.get(framing.rotation, TURNS.get(capture.orientation(exif)))
        left, top, right, bottom = _before(crop, turn)
        width, height = max(1, round(width * (right - left))), max(1, round(height * (bottom - top)))
        full = colour.resizable(image).resize(
            fitted(width, height, VARIANTS["full"]),
            Image.Resampling.LANCZOS,
            box=(left * image.width, top * image.height, right * image.width, bottom * image.height),
            reducing_gap=FIRST_GAP,
        )
        full = colour.as_srgb(full, image.info.get("icc_profile"))
        if turn is not None:
            full = full.transpose(turn)
        if turn in SIDEWAYS:
            width, height = height, width
        variants, smallest = _variants(full, width, height)
        return Picture(kind.name, width, height, capture.read(exif), variants, _look(smallest))


def _look(picture: Image.Image) -> str:
    spots = picture.resize((looks.ACROSS, looks.DOWN), Image.Resampling.BOX)
    return looks.look_of(spots.convert("L").tobytes())


def inspect(data: bytes, *, max_pixels: int) -> Picture:
    """Read what a photo says about itself, or raise a PhotoRefused. Pixels are not decoded, and no picture is made.

    Whether it can be decoded is known beforehand only of a JPEG that has its end. Any other photo is developed.
    """
    kind = _admitted(data)
    if kind is not JPEG or not polyglots.is_whole_jpeg(data):
        return develop(data, max_pixels=max_pixels)
    with _readable(), _opened(data, kind, max_pixels) as image:
        width, height = image.size
        exif = _exif(image)
        if TURNS.get(capture.orientation(exif)) in SIDEWAYS:
            width, height = height, width
        return Picture(kind.name, width, height, capture.read(exif), {})


def _admitted(data: bytes) -> Format:
    """Return what kind of photo it is, or raise a PhotoRefused if it is none, or something else as well."""
    if not data:
        raise PhotoEmpty
    kind = formats.sniff(data)
    hidden = polyglots.hidden_content(data, kind)
    if hidden:
        raise PhotoHidesContent(sentences.HIDES, told={"hidden": hidden})
    return kind


def as_png(full: bytes, *, max_pixels: int) -> bytes:
    """Make the PNG of a picture that `develop` made."""
    with _readable(), _opened(full, JPEG, max_pixels) as image:
        size = fitted(*image.size, DEX_LONGEST)
        small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=GAP)
        small.info = {}
        out = io.BytesIO()
        small.save(out, "PNG", compress_level=PNG_LEVEL, compress_type=PNG_RUNS)
        return out.getvalue()


def _before(crop: Crop, turn: Image.Transpose | None) -> tuple[float, float, float, float]:
    """Return where a part of the turned picture lies in the picture as it was: left, top, right, bottom."""
    one = FROM[turn](crop.x, crop.y)
    other = FROM[turn](crop.x + crop.width, crop.y + crop.height)
    (left, right), (top, bottom) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    return max(0.0, left), max(0.0, top), min(1.0, right), min(1.0, bottom)


def _exif(image: ImageFile) -> bytes | None:
    """Return the EXIF block. The HEIC reader has turned the picture and says "upright" here; AVIF's tells how to."""
    block = image.info.get("exif")
    as_text = image.info.get("Raw profile type exif")  # how PNG held it before it had a place of its own
    if block is None and isinstance(as_text, str):
        with suppress(ValueError):
            block = bytes.fromhex("".join(as_text.split("\n")[3:]))
    return block if isinstance(block, bytes) else None


def _variants(picture: Image.Image, width: int, height: int) -> tuple[dict[str, bytes], Image.Image]:
    """Return the files, and the smallest of the pictures."""
    made = {}
    for name, longest in VARIANTS.items():
        size = fitted(width, height, longest)
        if picture.size != size:
            picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=GAP)
        picture.info = {}  # Pillow would carry a comment or a profile over
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=QUALITY, optimize=True)
        made[name] = out.getvalue()
    return made, picture


@contextmanager
def _readable() -> Iterator[None]:
    """Turn what decoders raise at damage into a sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a decoder's doubts help nobody; its errors count
            yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels(sentences.FAR_TOO_MANY_PIXELS) from error
    except MemoryError as error:
        raise TooManyPixels(sentences.TOO_MUCH_MEMORY) from error
    except UNREADABLE as error:
        raise PhotoUnreadable(sentences.DAMAGED) from error


@contextmanager
def _opened(data: bytes, kind: Format, max_pixels: int) -> Iterator[ImageFile]:
    """Open by the one reader that the bytes ask for, and look at the size before any pixel is decoded."""
    with READERS[kind.name](io.BytesIO(data)) as image:
        width, height = image.size
        if width * height > max_pixels:
            told = {"width": width, "height": height, "millions": f"{max_pixels / 1e6:g}"}
            raise TooManyPixels(sentences.TOO_MANY_PIXELS, told=told)
        yield image
