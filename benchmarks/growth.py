"""Whether one person's reads take longer when there are more people: the same reads among ever more cards.

    .venv/bin/python benchmarks/growth.py [--database sqlite] [--most 1000000] [--requests 100]

Fills a database step by step (10,000 cards, 100,000, 1,000,000), and at each step asks what the person with 1,000
cards and 50 friends asks, each time with a parameter that nobody has asked with before, so that nothing kept answers.
Prints the milliseconds of processor time that a request takes of all processes together, with the growth since the
first step, because waiting depends on what else the machine does; and, of PostgreSQL, how many pages of its tables and
indexes one request reads, which is the same on any machine.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from endpoints import PASSWORD, VIEWER, Read, environment, everything, let_go, reads

STEPS = (10_000, 100_000, 1_000_000)
LEAST = STEPS[0]
MOST_GROWTH = 1.3
FLUSH = 1.2  # seconds after which PostgreSQL adds what a connection has counted to what it tells


def asked(read: Read, requests: int) -> tuple[float, float]:
    """Return the processor time of a request in milliseconds, and the pages that it reads."""
    from django.test import Client  # noqa: PLC0415 -- slow import

    client = Client(headers={**read.headers, "Host": "127.0.0.1"})
    joined = f"{read.path}{'&' if '?' in read.path else '?'}another="
    pages, worked = _pages(), everything() + time.process_time()
    for _ in range(requests):
        answer = client.get(f"{joined}{time.time_ns()}")
        if answer.status_code != 200:
            raise RuntimeError(f"{read.path} answers {answer.status_code}")
    work = everything() + time.process_time() - worked
    return work / requests * 1000, (_pages() - pages) / requests


def _pages() -> int:
    """Return how many pages PostgreSQL has read so far; SQLite does not count them."""
    from django.db import connection  # noqa: PLC0415 -- slow import

    if connection.vendor != "postgresql":
        return 0
    time.sleep(FLUSH)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        time.sleep(FLUSH)
        cursor.execute(
            "SELECT sum(heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit) FROM pg_statio_user_tables"
        )
        return int(cursor.fetchone()[0])


def measure(most: int, requests: int) -> None:
    """Fill, ask, print."""
    import django  # noqa: PLC0415 -- slow import

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- slow import
    from seed import fill, grow  # noqa: PLC0415 -- slow import

    call_command("migrate", verbosity=0)
    fill(LEAST, name=VIEWER, password=PASSWORD)
    told: dict[str, list[tuple[float, float]]] = {}
    for entries in [step for step in STEPS if step <= most]:
        grow(entries)
        for read in reads():
            asked(read, 5)
            told.setdefault(read.name, []).append(asked(read, requests))
    for name, steps in told.items():
        print(name, *map(_cell, steps, [steps[0]] * len(steps)), sep=" | ")


def _cell(taken: tuple[float, float], first: tuple[float, float]) -> str:
    growth = taken[0] / first[0]
    late = "  grows" if growth > MOST_GROWTH else ""
    return f"{taken[0]:6.1f} ms ({growth:.2f}), {taken[1]:6.0f} pages{late}"


def main() -> None:
    """Run the benchmark."""
    say = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    say.add_argument("--database", choices=("postgres", "sqlite"), default="postgres")
    say.add_argument("--most", type=int, default=STEPS[-1])
    say.add_argument("--requests", type=int, default=100)
    told: Any = say.parse_args()
    with tempfile.TemporaryDirectory(prefix="biologidex-bench-") as name:
        folder = Path(name)
        (folder / "data" / "static").mkdir(parents=True)
        with environment(folder, told.database):
            try:
                measure(told.most, told.requests)
            finally:
                let_go()


if __name__ == "__main__":
    main()
