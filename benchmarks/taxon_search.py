"""How long a search among the animals' names takes.

    .venv/bin/python benchmarks/taxon_search.py [--runs N] [--language de]

Searches the database of BIOLOGIDEX_DATA_DIR or BIOLOGIDEX_DATABASE_URL, which `biologidex taxonomy` has filled, and
prints the median of N runs per question, in milliseconds, with the first answer.
"""

import argparse
import os
import statistics
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "biologidex.config.settings")
django.setup()

from biologidex.animals.models import Backbone  # noqa: E402 -- after Django is set up
from biologidex.animals.selectors import search_taxa  # noqa: E402

QUESTIONS = (
    *("a", "s", "x", "ca", "th", "ma", "the", "red", "sea", "bee", "wolf", "lion", "monarch", "lionfish"),
    *(
        "beetle",
        "common",
        "american",
        "pseudo",
        "gray wolf",
        "grey wolf",
        "canis lup",
        "king penguin",
        "penguin king",
    ),
    *(
        "praying mantis",
        "red b",
        "a b",
        "ma qu",
        "so sp",
        "great white sh",
        "przewalski's horse",
        "Père David",
    ),
    *("tigers", "zzzz", "% _ '", "😀", "a" * 500),
)


def main() -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=15, help="runs per question (default 15)")
    parser.add_argument("--language", default="", help="of who asks: de, es, fr or pt (default: English)")
    chosen = parser.parse_args()
    runs, language = chosen.runs, chosen.language
    if not Backbone.objects.exists():
        print("There are no animal names here: run `biologidex taxonomy` first.", file=sys.stderr)
        return 1
    medians = []
    for question in QUESTIONS:
        times = []
        for _ in range(runs):
            begun = time.perf_counter()
            found = search_taxa(question, language=language)
            times.append((time.perf_counter() - begun) * 1000)
        medians.append(statistics.median(times))
        first = f"{found[0].common_name or '-'} ({found[0].scientific_name})" if found else "nothing"
        print(
            f"{question[:20]:<20} {medians[-1]:7.1f} ms  {max(times):7.1f} at most   {len(found):3} found  {first}"
        )
    print(f"{'median of all':<20} {statistics.median(medians):7.1f} ms  {max(medians):7.1f} at most")
    return 0


if __name__ == "__main__":
    sys.exit(main())
