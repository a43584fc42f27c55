"""What a file is, judged by its bytes alone: names and declared types are only what somebody claims."""

from dataclasses import dataclass

from biologidex.media.errors import WANTED, NotAPhoto


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
    (b"II*\0", "a TIFF or raw picture"),
    (b"MM\0*", "a TIFF or raw picture"),
    (b"BM", "a BMP picture"),
    (b"8BPS", "a Photoshop document"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "an archive or office document"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"RIFF", "a sound or video"),
    (b"<svg", "a drawing (SVG)"),
    (b"<?xml", "a drawing or other XML text"),
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
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
    raise NotAPhoto(f"This is {_other(data)}, not a photo that can be read here. {WANTED}")


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


def _other(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        return "a raw picture" if data[8:12] == b"crx " else "a video"
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for magic, name in OTHERS:
        if start.startswith(magic.lower()) or data.startswith(magic):
            return name
    printable = sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in data[:512])
    return "a text" if data and printable > 0.95 * len(data[:512]) else "an unknown kind of file"
