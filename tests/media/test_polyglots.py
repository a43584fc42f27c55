"""A picture that is also a page, a script or an archive is refused; what phones append is not."""

import struct
from pathlib import Path

import pytest
from PIL import PngImagePlugin

import pictures
from biologidex.media import formats, picture, polyglots
from biologidex.media.errors import PhotoHidesContent

PAGE = b"<html><body onload=alert(1)>"
SCRIPT = b"<ScRiPt>alert(1)</sCrIpT>"


def hidden(content: bytes) -> str | None:
    return polyglots.hidden_content(content, formats.sniff(content))


def with_text(form: str, text: bytes) -> bytes:
    """Return a picture with a text where its kind keeps comments."""
    if form == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", text.decode())
        return pictures.encoded(pictures.scene(), form, pnginfo=info)
    if form in {"JPEG", "GIF"}:
        return pictures.encoded(pictures.scene(), form, comment=text)
    return pictures.encoded(pictures.scene(), form, xmp=text)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize(
    "text", [PAGE, SCRIPT, b"<?php system('id'); ?>", b"<svg onload=alert(1)>", b"<!DOCTYPE HTML>"]
)
def test_a_page_in_the_comment_is_found(form: str, text: bytes) -> None:
    assert hidden(with_text(form, b"a photo " + text))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "HEIF", "AVIF"])
@pytest.mark.parametrize("text", [PAGE, SCRIPT, b"\n<?php system('id'); ?>", b"<iframe src=x>"])
def test_a_page_behind_the_picture_is_found(form: str, text: bytes) -> None:
    assert hidden(pictures.encoded(pictures.scene(), form) + text)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "HEIF", "AVIF"])
def test_an_archive_behind_the_picture_is_found(form: str) -> None:
    assert hidden(pictures.encoded(pictures.scene(), form) + pictures.archive()) == "an archive"


@pytest.mark.parametrize("beginning", [b"Rar!\x1a\x07\x01\x00", b"7z\xbc\xaf\x27\x1c\x00\x04"])
def test_an_archive_that_is_read_from_its_beginning_is_found(beginning: bytes) -> None:
    assert hidden(pictures.jpeg() + beginning + bytes(100)) == "an archive"


def test_an_archive_with_a_long_last_word_is_found() -> None:
    archive = pictures.archive()[:-2] + struct.pack("<H", 60_000) + bytes(60_000)

    assert hidden(pictures.jpeg() + archive) == "an archive"


def test_a_script_that_begins_as_a_gif_is_found() -> None:
    gif = bytearray(pictures.encoded(pictures.scene(), "GIF"))
    gif[6:8] = b"/*"

    assert hidden(bytes(gif) + b"*/=1;alert(1)//") == "a script"


def test_a_script_that_begins_as_a_jpeg_is_found() -> None:
    rest = pictures.jpeg()[20:]  # behind the first segment, whose length will read as the start of a comment
    head = b"\xff\xd8\xff\xe0/*JFIF\0\1\1\0\0\1\0\1\0\0".ljust(4 + 0x2F2A, b"\0")

    assert hidden(head + b"\xff\xfe\0\x1c*/=alert('hello');/*_____" + rest) == "a script"


def test_a_document_in_the_first_bytes_is_found() -> None:
    assert hidden(pictures.jpeg(comment=b"%PDF-1.4 1 0 obj")) == "a PDF document"


def test_such_a_picture_is_refused_with_a_sentence() -> None:
    with pytest.raises(PhotoHidesContent, match="also contains a script"):
        picture.develop(pictures.jpeg(comment=SCRIPT), max_pixels=10_000)


# --- honest ------------------------------------------------------------------------------------


def samsung_trailer() -> bytes:
    """What a Galaxy appends: named blocks, a directory, and its length."""
    block = b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1746091800000"
    entry = b"\0\0\x01\x0a" + struct.pack("<II", len(block) + 24, len(block))
    directory = b"SEFH" + struct.pack("<II", 107, 1) + entry
    return block + directory + struct.pack("<I", len(directory)) + b"SEFT"


def motion_photo() -> bytes:
    """A second of video behind the picture."""
    movie = struct.pack(">I", 24) + b"ftypmp42\0\0\0\0isommp42"
    return movie + struct.pack(">I", 100_008) + b"mdat" + bytes(range(256)) * 390 + bytes(160)


XMP = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'GCamera:MotionPhoto="1"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">Bodies of water, objects &lt;html&gt;'
    b'</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


@pytest.mark.parametrize(
    "content",
    [
        pictures.jpeg() + samsung_trailer(),
        pictures.jpeg(xmp=XMP) + motion_photo(),
        pictures.jpeg() + motion_photo() + samsung_trailer(),
        pictures.jpeg() + pictures.jpeg(48, 32),  # several pictures in one file
        pictures.jpeg(
            comment=b"I <3 birds. Less is more: 3 < 4 /* no comment */ = fine; #!birding 100% PDF-free"
        ),
        pictures.jpeg(progressive=True),
        with_text("PNG", XMP),
        pictures.heic(xmp=XMP),
        pictures.encoded(pictures.scene(), "AVIF", xmp=XMP),
        pictures.jpeg() + b"PK\x05\x06" + bytes(18),  # four letters by chance: no directory behind them
    ],
    ids=[
        "samsung",
        "motion",
        "both",
        "several",
        "words",
        "progressive",
        "png-xmp",
        "heic-xmp",
        "avif-xmp",
        "chance",
    ],
)
def test_what_phones_and_people_write_passes(content: bytes) -> None:
    assert hidden(content) is None
    assert picture.develop(content, max_pixels=10_000).width == 96


@pytest.mark.slow
def test_photographs_of_packages_pass() -> None:
    """Some dozens of real files, where they are installed."""
    folder = Path(__file__).resolve().parents[2] / "var" / "photos"
    found = [file for kind in ("jpg", "jpeg", "png", "webp", "gif") for file in folder.rglob(f"*.{kind}")]
    if not found:
        pytest.skip("no photographs are installed")
    contents = [file.read_bytes() for file in found]

    assert [file.name for file, content in zip(found, contents, strict=True) if _looks_active(content)] == []


def _looks_active(content: bytes) -> bool:
    kind = next((kind for magic, kind in formats.MAGIC if content.startswith(magic)), None)
    return kind is not None and polyglots.hidden_content(content, kind) is not None


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "HEIF", "AVIF"])
def test_a_file_cut_anywhere_is_looked_at_without_stumbling(form: str) -> None:
    content = with_text(form, b"hello") + samsung_trailer()

    for end in range(12, len(content), 7):
        assert polyglots.hidden_content(content[:end], formats.FORMATS[form]) is None
