"""Files that are a picture and something active at once: a page, a script, a document, an archive.

Such a file does no harm here: what others see is made anew, pixel by pixel. It is refused all the same, because
its owner gets it back as it came, and may pass it on.

How often does an honest photo look active by chance? Compressed pixels are as good as random.

- `<script` in any case, anywhere: one byte fits with 2^-8 and six with 2^-7 each, 2^-50 a position, 3 in 100
  million photos of 25 MB. `<!doctype html` is rarer still; the six bytes of a RAR or 7z archive, which
  their readers find anywhere, are in less than 1 of a million. These four are looked for everywhere.
- `<html`, `<svg` and the like: 2^-36 a position would refuse one large photo in 2,000. They are looked for only
  where text lives (comments, metadata, the first bytes after the picture) and only before a blank, `>` or `/`:
  of the 100 KB that a phone writes there, mostly not random, 1 in 20 million.
- an archive's end record: 4 bytes in the last 64 KB would be 1 in 65,000; the central directory that it points
  to must be there too, which leaves 1 in 10^14.
"""

import re
import struct
from collections.abc import Callable, Iterator
from itertools import islice

from biologidex.core.errors import Word
from biologidex.media import formats, sentences
from biologidex.media.formats import Format

EVERYWHERE = (
    (b"<script", sentences.SCRIPT),
    (b"<!doctype html", sentences.WEB_PAGE),
    (b"rar!\x1a\x07", sentences.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", sentences.ARCHIVE),
)
IN_TEXT = re.compile(rb"<(?:html|svg|body|iframe|object|embed)[\s>/]|<\?php[\s]", re.IGNORECASE)
NAME_THEN_COMMENT = re.compile(rb"\*/\s*[=:]")  # `ÿØÿà/* ... */=alert(1)` assigns to a variable of odd name
AFTER_PICTURE = 4096  # bytes after the picture's end that are read as text; phones put videos there
PDF_WITHIN = 1024  # readers look for a PDF's first line this far into a file
MAX_PARTS = 10_000  # an honest file has some dozens, an animation some thousands
JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
JPEG_END = 0xD9
JPEG_BARE = {0x01, *range(0xD0, 0xD9)}  # markers without a length
Part = tuple[int, int]  # where a part that is not pixels begins and ends


def hidden_content(data: bytes, kind: Format) -> Word | None:
    """Return what else the file is (sentences.WEB_PAGE), or None for an honest picture."""
    lowered = data.lower()
    for mark, name in EVERYWHERE:
        if mark in lowered:
            return name
    texts = [data[start:end] for start, end in islice(PARTS[kind.name](data), MAX_PARTS)]
    if any(IN_TEXT.search(text) for text in texts):
        return sentences.PAGE_OR_PROGRAM
    if b"%PDF-" in data[:PDF_WITHIN]:
        return sentences.PDF
    if _reads_as_script(data, kind, texts):
        return sentences.SCRIPT
    return sentences.ARCHIVE if _ends_as_archive(data) else None


def _reads_as_script(data: bytes, kind: Format, texts: list[bytes]) -> bool:
    """Whether the first bytes can be a variable's name, and the field after them opens a comment or assigns.

    A phone's first field has one of these values in 1 of 3,000 photos, hence the second conditions.
    """
    at = 6 if kind is formats.GIF else 4
    if data[at : at + 2] == b"/*":
        return any(NAME_THEN_COMMENT.search(text) for text in texts)
    return data[at : at + 1] == b"=" and b"/*" in data[at : at + 64] and any(b"*/" in text for text in texts)


def _ends_as_archive(data: bytes) -> bool:
    """Whether a ZIP or JAR reader, which starts at the end of a file, would find its directory."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    while at >= 0 and at + 22 <= len(data):
        size, offset = struct.unpack_from("<II", data, at + 12)
        if size == 0xFFFFFFFF or any(
            data[start : start + 4] == b"PK\x01\x02" for start in (at - size, offset) if start >= 0
        ):
            return True
        at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557), at)
    return False


def _after(data: bytes, end: int) -> Iterator[Part]:
    yield end, min(len(data), end + AFTER_PICTURE)


def is_whole_jpeg(data: bytes) -> bool:
    """Whether a JPEG goes on until it says that it ends: one that was cut off on its way does not."""
    return any(kind == JPEG_END for kind, _ in _jpeg_markers(data))


def _jpeg_markers(data: bytes) -> Iterator[tuple[int, int]]:
    """Give each marker, up to the end of the last scan, with where its contents begin."""
    at = 2
    while marker := JPEG_MARKER.search(data, at):
        kind, at = data[marker.end() - 1], marker.end()
        yield kind, at
        if kind == JPEG_END:
            break
        if kind not in JPEG_BARE:
            at += _jpeg_length(data, at)


def _jpeg_length(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


def _jpeg_parts(data: bytes) -> Iterator[Part]:
    """Everything between the markers, up to the end of the last scan, and what follows."""
    end = 2
    for kind, at in _jpeg_markers(data):
        end = at
        if kind != JPEG_END and kind not in JPEG_BARE:
            end += _jpeg_length(data, at)
            yield at, end
    yield from _after(data, end)


def _png_parts(data: bytes) -> Iterator[Part]:
    at = 8
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind not in {b"IDAT", b"fdAT"}:
            yield at, at + 8 + size
        at += size + 12
        if kind == b"IEND":
            break
    yield from _after(data, at)


def _gif_parts(data: bytes) -> Iterator[Part]:
    at = 13 + _colours(data[10:11])
    while data[at : at + 1] in {b"\x21", b"\x2c"}:
        start, picture = at, data[at] == 0x2C
        at += 11 + _colours(data[at + 9 : at + 10]) if picture else 2
        while at < len(data) and data[at]:
            at += data[at] + 1
        at += 1
        if not picture:
            yield start, at
    yield from _after(data, at + 1)


def _colours(flags: bytes) -> int:
    """Bytes of the colour table that a GIF's byte of flags announces."""
    return 3 << ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0


def _webp_parts(data: bytes) -> Iterator[Part]:
    end = 8 + int.from_bytes(data[4:8], "little")
    at = 12
    while at + 8 <= min(end, len(data)):
        kind, size = struct.unpack_from("<4sI", data, at)
        if kind not in {b"VP8 ", b"VP8L", b"ALPH", b"ANMF"}:
            yield at, at + 8 + size
        at += 8 + size + size % 2
    yield from _after(data, end)


def _box_parts(data: bytes) -> Iterator[Part]:
    """The boxes of HEIC and AVIF, but for the pixels and the video that phones put beside them."""
    at = 0
    while at + 16 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        size = int.from_bytes(data[at + 8 : at + 16], "big") if size == 1 else size or len(data) - at
        if size < 8:
            break
        if kind not in {b"mdat", b"mpvd"}:
            yield at, at + size
        at += size
    yield from _after(data, at)


PARTS: dict[str, Callable[[bytes], Iterator[Part]]] = {
    "JPEG": _jpeg_parts,
    "PNG": _png_parts,
    "GIF": _gif_parts,
    "WEBP": _webp_parts,
    "HEIF": _box_parts,
    "AVIF": _box_parts,
}
