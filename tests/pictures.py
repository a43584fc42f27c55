"""Builders of picture files: honest ones as cameras write them, and ones made to deceive."""

import io
import secrets
import struct
import zipfile
import zlib
from fractions import Fraction
from typing import Any

import pillow_heif
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

pillow_heif.register_heif_opener()

CORNERS = {"top left": "red", "top right": "lime", "bottom left": "blue", "bottom right": "white"}
GREEN_FIELD, PRIME = 0x8825, 0x8769  # where EXIF keeps the place, and the details


def scene(width: int = 96, height: int = 64) -> Image.Image:
    """Draw a picture whose four quarters differ, so that a turn cannot go unnoticed."""
    picture = Image.new("RGB", (width, height), CORNERS["top left"])
    draw = ImageDraw.Draw(picture)
    draw.rectangle((width // 2, 0, width, height // 2 - 1), CORNERS["top right"])
    draw.rectangle((0, height // 2, width // 2 - 1, height), CORNERS["bottom left"])
    draw.rectangle((width // 2, height // 2, width, height), CORNERS["bottom right"])
    return picture


def encoded(picture: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    """Return the picture as a file."""
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def noise(side: int) -> bytes:
    """Return a JPEG that is large for its pixels, unlike any other."""
    return encoded(
        Image.frombytes("RGB", (side, side), secrets.token_bytes(side * side * 3)), "JPEG", quality=60
    )


def jpeg(width: int = 96, height: int = 64, **options: Any) -> bytes:
    """Return a JPEG."""
    return encoded(scene(width, height), "JPEG", **options)


def heic(width: int = 96, height: int = 64, **options: Any) -> bytes:
    """Return a HEIC as phones send it."""
    return encoded(scene(width, height), "HEIF", **options)


def upload(content: bytes, name: str = "photo.jpg") -> "SimpleUploadedFile":
    """Return the bytes as a form sends them, under a name that may lie."""
    return SimpleUploadedFile(name, content)


def exif(
    *, orientation: int | None = None, tags: dict[int, Any] | None = None, gps: dict[int, Any] | None = None
) -> bytes:
    """Return an EXIF block. `tags` are those of the details, such as 0x9003, the time of taking."""
    block = Image.Exif()
    if orientation:
        block[0x0112] = orientation
    block.get_ifd(PRIME).update(tags or {})
    block.get_ifd(GREEN_FIELD).update(gps or {})
    return block.tobytes()


def place(latitude: float, longitude: float, *, error: float | None = None) -> dict[int, Any]:
    """Return GPS tags as a phone writes them."""
    tags: dict[int, Any] = {
        1: "N" if latitude >= 0 else "S",
        2: _sixtieths(abs(latitude)),
        3: "E" if longitude >= 0 else "W",
        4: _sixtieths(abs(longitude)),
    }
    return tags if error is None else tags | {31: error}


def _sixtieths(degrees: float) -> tuple[float, float, float]:
    minutes = (degrees % 1) * 60
    return (
        float(int(degrees)),
        float(int(minutes)),
        float(Fraction((minutes % 1) * 60).limit_denominator(10_000)),
    )


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and has next to nothing in it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


def archive() -> bytes:
    """Return a ZIP file, which is found even behind a picture."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("Main.class", b"\xca\xfe\xba\xbe")
    return out.getvalue()


def profile(
    red: tuple[float, float, float], green: tuple[float, float, float], blue: tuple[float, float, float]
) -> bytes:
    """Return a colour profile with these primaries (XYZ under D50) and a gamma of 2.2."""

    def fixed(*numbers: float) -> bytes:
        return struct.pack(f">{len(numbers)}i", *(round(number * 65536) for number in numbers))

    def colour(numbers: tuple[float, float, float]) -> bytes:
        return b"XYZ \0\0\0\0" + fixed(*numbers)

    curve = b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(2.2 * 256), 0)
    white = (0.9642, 1.0, 0.8249)
    tags = [
        (b"wtpt", colour(white)),
        (b"rXYZ", colour(red)),
        (b"gXYZ", colour(green)),
        (b"bXYZ", colour(blue)),
    ]
    tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    table, body = struct.pack(">I", len(tags)), b""
    for name, content in tags:
        table += name + struct.pack(">II", 128 + 4 + 12 * len(tags) + len(body), len(content))
        body += content
    size = 128 + len(table) + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x02400000, b"mntr", b"RGB ", b"XYZ ").ljust(
        36, b"\0"
    )
    head = (head + b"acsp").ljust(68, b"\0") + fixed(*white)
    return head.ljust(128, b"\0") + table + body


DISPLAY_P3 = profile((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
