"""What one photo costs before it is identified: reading, three pictures, and the way to the darkroom and back.

python benchmarks/photos.py                 a made-up photo of 12 megapixels
python benchmarks/photos.py PHOTO...        these, too
python benchmarks/photos.py --runs 20       more runs, for a quieter median
"""

import argparse
import io
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from biologidex.media import formats, picture, polyglots
from biologidex.media.darkroom import Darkroom
from biologidex.media.developed import VARIANTS, fitted

MAX_PIXELS = 60_000_000
TICKS = os.sysconf("SC_CLK_TCK")


def photo_like(width: int = 4032, height: int = 3024) -> bytes:
    """Make a JPEG that costs what a photo costs: soft gradients, blobs of several sizes, fine noise."""
    random = np.random.default_rng(12)
    down, across = np.linspace(0, 6, height)[:, None], np.linspace(0, 6, width)[None, :]
    channels = []
    for channel in range(3):
        light = 120 + 70 * np.sin(across + down * (channel + 1) / 2)
        for cells, strength in ((8, 30), (32, 20), (128, 14), (512, 8)):
            rough = random.normal(0, strength, (cells, cells)).astype(np.float32)
            light += np.asarray(Image.fromarray(rough).resize((width, height), Image.Resampling.BILINEAR))
        light += random.normal(0, 4, (height, width))
        channels.append(light.clip(0, 255).astype(np.uint8))
    out = io.BytesIO()
    Image.fromarray(np.dstack(channels)).save(out, "JPEG", quality=90)
    return out.getvalue()


def costs(work: Callable[[], object], runs: int) -> tuple[float, float]:
    """Return the medians of milliseconds of processor and of wall time, after one run to warm up."""
    work()
    processor, wall = [], []
    for _ in range(runs):
        began, used = time.perf_counter(), time.process_time()
        work()
        processor.append((time.process_time() - used) * 1000)
        wall.append((time.perf_counter() - began) * 1000)
    return statistics.median(processor), statistics.median(wall)


def decode(content: bytes) -> None:
    """Only read the pixels, as small as the largest picture allows."""
    image = picture.READERS[formats.sniff(content).name](io.BytesIO(content))
    if image.format == "JPEG":
        image.draft("RGB", fitted(*image.size, VARIANTS["full"]))
    image.load()


def of_helper(process: int) -> tuple[float, int, int]:
    """Return a helper's milliseconds of processor so far, its memory now and at its highest, in MB."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    status = Path(f"/proc/{process}/status").read_text().splitlines()
    memory = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in status if line.startswith("Vm")}
    return (int(fields[11]) + int(fields[12])) * 1000 / TICKS, memory["VmRSS"], memory["VmHWM"]


def measure(name: str, content: bytes, runs: int) -> None:
    """Print what one photo costs."""
    made = picture.develop(content, max_pixels=MAX_PIXELS)
    sizes = ", ".join(f"{variant} {len(variants) // 1000} kB" for variant, variants in made.variants.items())
    megapixels = made.width * made.height / 1e6
    print(f"{name}: {made.format}, {megapixels:.1f} megapixels, {len(content) / 1e6:.1f} MB -> {sizes}")
    kind = formats.sniff(content)
    for what, work in (
        ("look for hidden content", lambda: polyglots.hidden_content(content, kind)),
        ("decode", lambda: decode(content)),
        ("all, in this process", lambda: picture.develop(content, max_pixels=MAX_PIXELS)),
    ):
        processor, wall = costs(work, runs)
        print(f"  {what:<26}{processor:7.1f} ms processor {wall:7.1f} ms wall")
    room = Darkroom(helpers=1, seconds=60, max_pixels=MAX_PIXELS)
    room.develop(content)
    (helper,) = room._idle
    before = of_helper(helper.process.pid)[0]
    ours, wall = costs(lambda: room.develop(content), runs)
    theirs, busy, highest = of_helper(helper.process.pid)
    time.sleep(1.5)
    idle = of_helper(helper.process.pid)[1]
    processor = (theirs - before) / (runs + 1) + ours
    print(f"  {'all, through the darkroom':<26}{processor:7.1f} ms processor {wall:7.1f} ms wall")
    print(
        f"  {'memory of the helper':<26}{idle:7d} MB idle {busy:12d} MB between photos, {highest} MB at most"
    )
    room.close()


def main() -> None:
    """Measure the made-up photo and those that are named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", nargs="*", type=Path, metavar="PHOTO")
    parser.add_argument("--runs", type=int, default=9)
    asked = parser.parse_args()
    measure("made-up photo", photo_like(), asked.runs)
    for file in asked.photos:
        measure(file.name, file.read_bytes(), asked.runs)


if __name__ == "__main__":
    main()
