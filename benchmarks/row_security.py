"""What row-level security costs: the same reads with the policies on and off, in turn, on a PostgreSQL of their own.

    .venv/bin/python benchmarks/row_security.py [--entries 200000] [--rounds 7]

Prints medians in milliseconds per read, and the ratio within each round: what disturbs the machine disturbs both.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from stack.postgres import postgres

REPEATED = 40


def reads() -> dict[str, Callable[[], Any]]:
    """Return what is read, by name. The viewer is the one whom benchmarks/seed.py makes."""
    from biologidex.accounts.models import User  # noqa: PLC0415 -- Django is set up by then
    from biologidex.dex.models import DexEntry, EntryPhoto  # noqa: PLC0415
    from biologidex.dex.selectors import feed_for  # noqa: PLC0415
    from biologidex.social.selectors import friends_of  # noqa: PLC0415

    viewer = User.objects.get(username="viewer")
    friend = friends_of(viewer)[0]
    seen = DexEntry.objects.visible_to(viewer)
    own = DexEntry.objects.filter(owner=viewer)
    ids = list(own.values_list("pk", flat=True)[:25])
    return {
        "25 of one's own": lambda: list(own.order_by("-created_at")[:25]),
        "one card by its id": lambda: seen.get(pk=ids[0]),
        "25 of a friend's": lambda: list(seen.filter(owner=friend).order_by("-created_at")[:25]),
        "25 of the feed": lambda: list(feed_for(viewer).order_by("-created_at")[:25]),
        "25 newest of all": lambda: list(seen.order_by("-created_at")[:25]),
        "photos of 25 cards": lambda: list(EntryPhoto.objects.filter(entry__in=ids).select_related("photo")),
        "all of one's own": lambda: list(own.all()),
        "how many one may see": seen.count,
    }


def switch(*, on: bool) -> None:
    """Let the policies hold, or not."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        for table in settings.ROW_SECURITY_TABLES:
            cursor.execute(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} ROW LEVEL SECURITY")


def milliseconds(read: Callable[[], Any], *, at_most: float = 1.0) -> float:
    """Return how long one read takes, of as many as fit into a second."""
    times = []
    end = time.perf_counter() + at_most
    while len(times) < REPEATED and time.perf_counter() < end:
        begun = time.perf_counter()
        read()
        times.append(time.perf_counter() - begun)
    return 1000 * statistics.median(times)


def measure(rounds: int) -> None:
    """Read everything with and without, in turn, and print what that took."""
    from biologidex.accounts.models import User  # noqa: PLC0415
    from biologidex.core import identity  # noqa: PLC0415

    viewer_id = User.objects.get(username="viewer").pk
    taken: dict[str, list[tuple[float, float]]] = {}
    with identity.acting_as(viewer_id):
        for _ in range(rounds):
            for name, read in reads().items():
                pair = []
                for on in (False, True):
                    switch(on=on)
                    read()
                    pair.append(milliseconds(read))
                taken.setdefault(name, []).append((pair[0], pair[1]))
    print(f"{'':24}{'without':>10}{'with':>10}{'ratio':>8}")
    for name, pairs in taken.items():
        without, with_it = (statistics.median(values) for values in zip(*pairs, strict=True))
        ratio = statistics.median(there / off for off, there in pairs)
        print(f"{name:24}{without:10.2f}{with_it:10.2f}{ratio:8.2f}")


def main() -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    with postgres() as address, tempfile.TemporaryDirectory(prefix="biologidex-bench-") as folder:
        os.environ |= {
            "BIOLOGIDEX_DATABASE_URL": address,
            "BIOLOGIDEX_DATA_DIR": folder,
            "BIOLOGIDEX_LOG_LEVEL": "ERROR",
        }
        os.environ["DJANGO_SETTINGS_MODULE"] = "biologidex.config.settings"
        import django  # noqa: PLC0415 -- it reads the environment set above

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415
        from seed import fill  # noqa: PLC0415

        from biologidex.core import identity  # noqa: PLC0415

        with identity.everything():
            call_command("migrate", verbosity=0)
            fill(asked.entries, name="viewer", password="kingfisher-over-water")
        measure(asked.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
