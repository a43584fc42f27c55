"""Everything that is not a photo is refused with the right status and a sentence that helps; nothing stays."""

import io
import struct
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import pictures
from biologidex.accounts.models import User
from biologidex.core.api import status_of
from biologidex.core.errors import DomainError
from biologidex.media import services
from biologidex.media.models import Photo

Files = Callable[[], list[Path]]
PHOTO = pictures.encoded(Image.effect_noise((320, 240), 60))
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
MP4 = struct.pack(">I", 24) + b"ftypmp42\0\0\0\0isommp42" + bytes(100)


def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(8000)
        made.writeframes(bytes(100))
    return out.getvalue()


CASES = {
    "text named .jpg": (b"This is only a text, whatever its name says.", 400, "This is a text, not a photo"),
    "nothing": (b"", 400, "is empty"),
    "one byte": (b"\xff", 400, "not a photo"),
    "jpeg cut after 3 bytes": (PHOTO[:3], 400, "damaged or not complete"),
    "jpeg cut after a tenth": (PHOTO[: len(PHOTO) // 10], 400, "damaged or not complete"),
    "jpeg cut in the middle": (PHOTO[: len(PHOTO) // 2], 400, "damaged or not complete"),
    "jpeg cut near the end": (PHOTO[:-300], 400, "damaged or not complete"),
    "50,000 x 50,000 png": (pictures.png_header(50_000, 50_000), 400, "at most 60 million"),
    "svg with script": (SVG, 400, "a drawing (SVG)"),
    "svg after a declaration": (b'\xef\xbb\xbf<?xml version="1.0"?>\n' + SVG, 400, "a drawing"),
    "html": (b"<!DOCTYPE html><html><script>alert(1)</script></html>", 400, "a web page"),
    "html after blanks": (b"\n\n  <HTML><body>", 400, "a web page"),
    "jpeg and html": (
        pictures.jpeg(comment=b"<html><script>alert(1)</script>"),
        400,
        "also contains a script",
    ),
    "jpeg and archive": (PHOTO + pictures.archive(), 400, "also contains an archive"),
    "gif and script": (
        pictures.encoded(Image.new("P", (64, 64)), "GIF", comment=b"<script>alert(1)</script>"),
        400,
        "also contains a script",
    ),
    "tiff": (pictures.encoded(pictures.scene(), "TIFF"), 400, "a TIFF or raw picture"),
    "bmp": (pictures.encoded(pictures.scene(), "BMP"), 400, "a BMP picture"),
    "psd": (b"8BPS\0\1" + bytes(100), 400, "a Photoshop document"),
    "mp4": (MP4, 400, "a video"),
    "mov": (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", 400, "a video"),
    "wav": (sound(), 400, "a sound or video"),
    "canon raw": (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", 400, "a raw picture"),
    "pdf": (b"%PDF-1.7\n" + bytes(100), 400, "a PDF document"),
    "archive": (pictures.archive(), 400, "an archive"),
    "program": (b"\x7fELF\2\1\1" + bytes(100), 400, "an unknown kind of file"),
    "zeros": (bytes(5000), 400, "an unknown kind of file"),
    "too large": (PHOTO + bytes(1_000_000), 413, "larger than 1 MB"),
}


@pytest.mark.parametrize("pictures_later", [False, True], ids=["developed", "looked at"])
@pytest.mark.parametrize("case", CASES)
def test_what_is_not_a_photo_is_refused_and_leaves_nothing(
    ann: User, files: Files, settings: Any, case: str, pictures_later: bool
) -> None:
    settings.MAX_UPLOAD_MB = 1
    content, status, sentence = CASES[case]

    with pytest.raises(DomainError) as refusal:
        services.store_photo(
            by=ann, upload=pictures.upload(content, "holiday.jpg"), pictures_later=pictures_later
        )

    assert status_of(refusal.value) == status
    assert sentence in refusal.value.message
    assert refusal.value.message.endswith(".")
    assert refusal.value.field == "image"
    assert not Photo.objects.exists()
    assert files() == []
