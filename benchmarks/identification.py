"""How long one photo takes to identify offline, and how much memory that needs.

    .venv/bin/python benchmarks/identification.py [--runs N] [PHOTO...]

Prints the median of N runs per photo, in milliseconds: `decode` (bytes to an upright image), `network` (both
networks and the rule), `total`. Without photos it takes those that `make test` installs under var/photos.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

from biologidex.vision.engine.answer import ProviderError
from biologidex.vision.engine.local.networks import LEAST_SIDE, networks
from biologidex.vision.engine.local.rule import Decision
from biologidex.vision.engine.pictures import open_picture
from biologidex.vision.engine.registry import PROVIDERS, EngineConfig

CONFIG = EngineConfig()
PHOTOS = Path(__file__).parents[1] / "var" / "photos"
DEFAULT = ("skimage/data/chelsea.png", "gradio/media_assets/images/*.jpg", "foolbox/data/imagenet_*.jpg")


def main() -> int:
    """Run the benchmark named on the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=10, help="runs per photo (default 10)")
    parser.add_argument("photos", type=Path, nargs="*")
    options = parser.parse_args()
    photos = options.photos or [path for pattern in DEFAULT for path in sorted(PHOTOS.glob(pattern))]
    if not photos:
        print(f"No photos given, and none in {PHOTOS}: run `make test` once, or name some.", file=sys.stderr)
        return 1

    before, started = resident_megabytes(), time.perf_counter()
    provider = PROVIDERS["local"](CONFIG)
    provider.prepare()
    seconds = time.perf_counter() - started
    print(f"loaded in {seconds * 1000:.0f} ms, memory {before:.0f} -> {resident_megabytes():.0f} MiB")
    print(provider.version())
    print(f"\n{'photo':<32}{'decode':>8}{'network':>9}{'total':>8}  ms, median of {options.runs}")
    totals = [total for photo in photos if (total := report(photo, options.runs)) is not None]
    if totals:
        print(f"\nmedian total {statistics.median(totals):.1f} ms over {len(totals)} photos")
    print(f"resident memory {resident_megabytes():.0f} MiB, at most {resident_megabytes('VmHWM'):.0f} MiB")
    return 0


def report(photo: Path, runs: int) -> float | None:
    """Print one photo's line and return its median total, or None if it cannot be opened."""
    try:
        timings = [timed(photo.read_bytes()) for _ in range(runs)]
    except ProviderError as error:
        print(f"{photo.name[:31]:<32}{error}")
        return None
    columns = zip(*timings, strict=True)
    decode, network, total = (float(statistics.median(column)) * 1000 for column in columns)
    print(f"{photo.name[:31]:<32}{decode:8.1f}{network:9.1f}{total:8.1f}")
    return total


def timed(picture: bytes) -> tuple[float, float, float]:
    """Return the seconds of decoding, of the networks with the rule, and of both."""
    started = time.perf_counter()
    image = open_picture(picture, least_side=LEAST_SIDE, max_pixels=CONFIG.max_pixels)
    decoded = time.perf_counter()
    decision = Decision(networks().look(image).logits, CONFIG.thresholds)
    decision.taxon()
    decision.candidates()
    ended = time.perf_counter()
    return decoded - started, ended - decoded, ended - started


def resident_megabytes(line: str = "VmRSS") -> float:
    """Return this process's memory as Linux counts it."""
    status = dict(entry.split(":", 1) for entry in Path("/proc/self/status").read_text().splitlines())
    return int(status[line].split()[0]) / 1024


if __name__ == "__main__":
    sys.exit(main())
