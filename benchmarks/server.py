"""How long a person waits for the answer to a photo, and how much memory the server takes meanwhile.

    .venv/bin/python benchmarks/server.py [PHOTO ...]

Starts a server of its own in a temporary folder, sends photos one after the other, prints medians.
"""

import io
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageFilter

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from client import Person
from running import Server

MEGAPIXELS_12 = (4000, 3000)
PHOTOS = 50


def photo(number: int, *, quality: int = 88) -> bytes:
    """Draw a 12-megapixel JPEG of some 4 MB, unlike any other."""
    dice = random.Random(number)
    small = Image.frombytes("RGB", (400, 300), dice.randbytes(400 * 300 * 3)).filter(
        ImageFilter.GaussianBlur(2)
    )
    large = small.resize(MEGAPIXELS_12, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(MEGAPIXELS_12, 18).convert("RGB")
    content = io.BytesIO()
    Image.blend(large, grain, 0.15).save(content, "JPEG", quality=quality)
    return content.getvalue()


def main(files: list[Path]) -> None:
    """Measure and print."""
    contents = [file.read_bytes() for file in files] or [photo(number) for number in range(PHOTOS)]
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).start()
        at_start, waits = server.memory(), []
        try:
            with Person(server.address) as ann:
                ann.sign_up()
                for content in contents:
                    began = time.perf_counter()
                    ann.outcome(ann.send_photo(content)["id"])
                    waits.append(time.perf_counter() - began)
            memory = server.memory()
        finally:
            server.stop()
    size = statistics.median(len(content) for content in contents) / 1e6
    print(f"{len(waits)} photos of {size:.1f} MB (median), sent over loopback one after the other")
    print(f"upload to answer: median {statistics.median(waits):.2f} s, slowest {max(waits):.2f} s")
    print(
        f"memory of the server and its helpers: {at_start / 2**20:.0f} MB at the start, {memory / 2**20:.0f} MB after"
    )


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
