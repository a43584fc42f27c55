"""What a file is, judged by its bytes alone: names and declared types are only what somebody claims."""

from dataclasses import dataclass

from biologidex.core.errors import Word
from biologidex.media import sentences
from biologidex.media.errors import NotAPhoto


@dataclass(frozen=True)
class Format:
    """A kind of picture that is taken."""

    name: str
    extension: str
    content_type: str


JPEG = Format("JPEG", "jpg", "image/jpeg")
PNG = Format("PNG", "png", "image/png")
WEBP = Format("WEBP", "webp", "image/webp")
GIF = Format("GIF", "gif", "image/gif")
HEIF = Format("HEIF", "heic", "image/heic")
AVIF = Format("AVIF", "avif", "image/avif")
FORMATS = {kind.name: kind for kind in (JPEG, PNG, WEBP, GIF, HEIF, AVIF)}

HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
AVIF_BRANDS = {b"avif", b"avis"}
PICTURE_BRANDS = {b"mif1", b"msf1", b"miaf"}  # a picture, the coding named among the compatible brands

MAGIC = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
)
OTHERS = (
    (b"II*\0", sentences.TIFF),
    (b"MM\0*", sentences.TIFF),
    (b"BM", sentences.BMP),
    (b"8BPS", sentences.PHOTOSHOP),
    (b"\xff\x0a", sentences.JPEG_XL),
    (b"\0\0\0\x0cJXL ", sentences.JPEG_XL),
    (b"\0\0\0\x0cjP  ", sentences.JPEG_2000),
    (b"%PDF-", sentences.PDF),
    (b"PK\x03\x04", sentences.OFFICE),
    (b"\x1aE\xdf\xa3", sentences.VIDEO),
    (b"RIFF", sentences.SOUND),
    (b"<svg", sentences.DRAWING),
    (b"<?xml", sentences.XML),
    (b"<!doctype", sentences.WEB_PAGE),
    (b"<html", sentences.WEB_PAGE),
)


def sniff(data: bytes) -> Format:
    """Return what the bytes are, or raise NotAPhoto saying what they seem to be instead."""
    for magic, kind in MAGIC:
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    kind_of_boxes = _boxed(data)
    if kind_of_boxes:
        return kind_of_boxes
    raise NotAPhoto(sentences.NOT_A_PHOTO, told={"kind": _other(data)})


def _boxed(data: bytes) -> Format | None:
    """HEIC and AVIF share their container with videos; the brands in its first box tell them apart."""
    if data[4:8] != b"ftyp":
        return None
    size = min(max(int.from_bytes(data[:4], "big"), 16), 512)
    major = data[8:12]
    brands = {data[at : at + 4] for at in range(16, size, 4)}
    if major in PICTURE_BRANDS:
        return AVIF if brands & AVIF_BRANDS and not brands & HEIF_BRANDS else HEIF
    if major in AVIF_BRANDS:
        return AVIF
    return HEIF if major in HEIF_BRANDS else None


def _other(data: bytes) -> Word:
    if data[4:8] == b"ftyp":
        return sentences.RAW if data[8:12] == b"crx " else sentences.VIDEO
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for magic, name in OTHERS:
        if start.startswith(magic.lower()) or data.startswith(magic):
            return name
    printable = sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in data[:512])
    return sentences.TEXT if data and printable > 0.95 * len(data[:512]) else sentences.UNKNOWN
