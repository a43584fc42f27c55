"""How much memory and time a backbone of one's own takes. Memory must not grow with the archive.

    .venv/bin/python benchmarks/taxonomy_import.py [--names N]

Makes ColDP archives of a tenth of N and of N names (200,000 by default), takes each into a database of its own in a
process of its own, and prints the largest resident size and the names a second.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

COMMAND = str(Path(sys.executable).parent / "biologidex")
SYLLABLES = ("ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su")
OF_A_GENUS, OF_A_FAMILY = 20, 400


def word(number: int) -> str:
    """Return a word that only this number has."""
    return "".join(SYLLABLES[int(digit)] for digit in f"{number:06}")


def archive(place: Path, names: int) -> Path:
    """Write an archive: genera of twenty species in families of twenty genera, every fifth species with a synonym."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as file, file.open("NameUsage.tsv", "w") as table:
        table.write(b"ID\tparentID\tstatus\trank\tscientificName\nk\t\taccepted\tkingdom\tAnimalia\n")
        for number in range(names):
            family, genus = number // OF_A_FAMILY, number // OF_A_GENUS
            rows = []
            if number % OF_A_FAMILY == 0:
                rows.append(f"f{family}\tk\taccepted\tfamily\t{word(family).title()}idae")
            if number % OF_A_GENUS == 0:
                rows.append(f"g{genus}\tf{family}\taccepted\tgenus\t{word(genus).title()}us")
            name = f"{word(genus).title()}us {word(number)}"
            rows.append(f"s{number}\tg{genus}\taccepted\tspecies\t{name}")
            if number % 5 == 0:
                rows.append(f"y{number}\ts{number}\tsynonym\tspecies\t{name}ensis")
            table.write(("\n".join(rows) + "\n").encode())
    return place


def take_in(place: Path, folder: str) -> tuple[float, float]:
    """Take an archive in; return the seconds and the largest resident size in megabytes."""
    environment = {**os.environ, "BIOLOGIDEX_DATA_DIR": folder, "BIOLOGIDEX_DATABASE_URL": ""}
    subprocess.run([COMMAND, "migrate", "--verbosity", "0"], env=environment, check=True)
    begun = time.perf_counter()
    words = [COMMAND, "import_taxonomy", str(place), "--source", "bench", "--release", "1"]
    running = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(running.pid, 0)
    if status:
        raise RuntimeError("The import failed.")
    return time.perf_counter() - begun, used.ru_maxrss / 1024


def main() -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--names", type=int, default=200_000, help="species in the large archive (default 200000)"
    )
    most = parser.parse_args().names
    for names in (most // 10, most):
        with tempfile.TemporaryDirectory(prefix="biologidex-bench-") as folder:
            seconds, megabytes = take_in(archive(Path(folder) / "names.zip", names), folder)
        print(
            f"{names:>8,} species: {megabytes:6.0f} MB at most, {seconds:6.1f} s, {names / seconds:6,.0f} a second"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
