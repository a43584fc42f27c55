"""The helper: reads photos one after the other from its only connection, until the server closes it."""

import io
import select
import socket
import sys
from typing import Any

from PIL import Image, ImageCms

from biologidex.media import picture
from biologidex.media.darkroom import lockdown
from biologidex.media.darkroom.wire import Broken, Channel
from biologidex.media.developed import DEX
from biologidex.media.errors import PhotoRefused
from biologidex.media.framing import Framing

REST_SECONDS = 1.0
LONGEST_ORDER = 100
LONGEST_PHOTO = 1 << 32  # the server has bounded it already


def main(max_pixels: int, seconds: int) -> None:
    """Serve until the connection ends. The server's death ends it too, so no helper outlives its server."""
    with socket.socket(fileno=0) as connection:
        channel = Channel(connection)
        _load_everything()
        lockdown.limit(max_pixels=max_pixels)
        channel.send_answer({"confined": lockdown.forbid_files_and_network()}, {})
        while True:
            try:
                _wait(connection)
                lockdown.allow_seconds(seconds)
                order = channel.receive(LONGEST_ORDER).decode()
                channel.send_answer(*_done(order, channel.receive(LONGEST_PHOTO), max_pixels))
            except Broken:
                return


def _wait(connection: socket.socket) -> None:
    """Return when a photo comes, or after giving memory back that nobody has needed for a while."""
    if not select.select([connection], [], [], REST_SECONDS)[0]:
        lockdown.give_memory_back()


def _done(order: str, data: bytes, max_pixels: int) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Do what the server asks for: "png", "inspect", or "develop" and the framing."""
    try:
        if order == "png":
            return {}, {DEX: picture.as_png(data, max_pixels=max_pixels)}
        if order == "inspect":
            made = picture.inspect(data, max_pixels=max_pixels)
        else:
            framing = Framing.read(order.removeprefix("develop").strip())
            made = picture.develop(data, max_pixels=max_pixels, framing=framing)
    except PhotoRefused as error:
        return {"refused": error.code, "sentence": error.sentence, "told": dict(error.told)}, {}
    except Exception as error:  # noqa: BLE001 -- the last stop: a decoder may raise anything, the next photo is fine
        return {"failed": type(error).__name__}, {}
    return {"facts": made.facts()}, made.variants


def _load_everything() -> None:
    """Have every module loaded that Pillow loads late: afterwards no file can be opened any more."""
    exif = Image.Exif()
    exif[0x9003] = "2000:01:01 00:00:00"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sample = io.BytesIO()
    Image.new("RGB", (8, 8)).save(sample, "JPEG", exif=exif.tobytes(), icc_profile=profile)
    picture.develop(sample.getvalue(), max_pixels=64)
    picture.as_png(sample.getvalue(), max_pixels=64)
    Image.init()


if __name__ == "__main__":
    main(max_pixels=int(sys.argv[1]), seconds=int(sys.argv[2]))
