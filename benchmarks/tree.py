"""How long a tree of finds takes: drawn anew, asked for again, and asked whether it is still the same.

    .venv/bin/python benchmarks/tree.py [--finds N]

Fills a database of its own with the finds of one person and ten friends, over lines of descent as bushy as real ones,
and prints medians through the whole API, in milliseconds. The target for 10,000 finds on two cores: 1000 and 50.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

folder = tempfile.TemporaryDirectory(prefix="biologidex-bench-")
os.environ |= {
    "BIOLOGIDEX_DATA_DIR": folder.name,
    "BIOLOGIDEX_RATES": "all=0/hour",
    "BIOLOGIDEX_DATABASE_URL": "",
    "DJANGO_SETTINGS_MODULE": "biologidex.config.settings",
}

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402 -- after Django is set up
from django.core.cache import cache  # noqa: E402
from django.core.management import call_command  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402

from biologidex.accounts.models import User  # noqa: E402
from biologidex.animals.models import Animal, Taxon  # noqa: E402
from biologidex.dex.models import DexEntry  # noqa: E402
from biologidex.graph.layout import tidy  # noqa: E402
from biologidex.social.models import Friendship  # noqa: E402

FRIENDS = 10
RANKS = ("phylum", "class_name", "order", "family", "genus")
NEW = (0.002, 0.01, 0.04, 0.15, 0.5)  # how often the next species opens another group of that rank


def fill(finds: int) -> User:
    """Make the animals, the people and the cards."""
    dice = random.Random(1)
    line = dict.fromkeys(RANKS, "")
    taxa = []
    for number in range(finds):
        opened = next(
            (place for place, share in enumerate(NEW) if dice.random() < share or not line["genus"]), 5
        )
        line |= {rank: f"{rank[:-1].title()}{number}" for rank in RANKS[opened:]}
        name = f"{line['genus']} s{number}"
        taxa.append(
            Taxon(source="biologidex", source_id=name, rank="species", scientific_name=name, species=name,
                  kingdom="Animalia", **line)
        )  # fmt: skip
    Taxon.objects.bulk_create(taxa, batch_size=500)
    Animal.objects.bulk_create(
        [Animal(taxon=taxon, creation_index=number) for number, taxon in enumerate(taxa, 1)], batch_size=500
    )
    people = [User.objects.create_user(f"person{n}", f"person{n}@example.org") for n in range(FRIENDS + 1)]
    viewer, *friends = people
    Friendship.objects.bulk_create(
        Friendship(asked_by=viewer, asked=friend, status="accepted") for friend in friends
    )
    cards = [
        DexEntry(owner=people[n % len(people)], animal=animal)
        for n, animal in enumerate(Animal.objects.all())
    ]
    DexEntry.objects.bulk_create(cards, batch_size=500)
    return viewer


def median(runs: int, work: Callable[[], Any], *, before: Callable[[], Any] = lambda: None) -> float:
    """Return the median time of the work in milliseconds."""
    times = []
    for _ in range(runs):
        before()
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def bush(size: int) -> list[list[int]]:
    """Return a tree of so many nodes, each below one of the eight before it."""
    dice = random.Random(2)
    children: list[list[int]] = [[] for _ in range(size)]
    for number in range(1, size):
        children[max(0, number - dice.randint(1, 8))].append(number)
    return children


def main() -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--finds", type=int, default=10_000, help="finds in the tree (default 10000)")
    finds = parser.parse_args().finds
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    api = APIClient()
    api.force_authenticate(fill(finds))
    address = "/api/v1/graph/tree/?mode=friends"
    first = api.get(address)
    told = first.json()["metadata"]
    print(
        f"{told['total_animals']} animals, {told['total_nodes']} nodes, {len(first.content) / 1e6:.1f} MB of JSON"
    )
    print(
        f"drawn anew       {median(5, lambda: api.get(address), before=cache.clear):8.1f} ms   (target 1000)"
    )
    print(f"asked for again  {median(15, lambda: api.get(address)):8.1f} ms   (target 50)")
    known = {"If-None-Match": first["ETag"]}
    print(f"still the same?  {median(15, lambda: api.get(address, headers=known)):8.1f} ms")
    for size in (1_000, 10_000, 100_000):
        children = bush(size)
        taken = median(3, lambda children=children: tidy(children))
        print(f"layout of {size:>7} nodes {taken:8.1f} ms, {taken / size * 1e6:6.0f} ns a node")
    return 0


if __name__ == "__main__":
    sys.exit(main())
