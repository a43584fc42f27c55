"""How long syncs take: all of one's own 1,000 cards, nothing new, and 50 friends at once.

    .venv/bin/python benchmarks/sync.py

Fills a database of its own and prints medians through the whole API, in milliseconds, with the number of queries. The
earlier server needed 1,002 queries for the first of these, and died over the last one after 9,123.
"""

import os
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
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402

from biologidex.accounts.models import User  # noqa: E402
from biologidex.animals.models import Animal, Taxon  # noqa: E402
from biologidex.dex.models import DexEntry, EntryPhoto  # noqa: E402
from biologidex.media.models import Photo  # noqa: E402
from biologidex.social.models import Friendship  # noqa: E402

CARDS, FRIENDS, OF_EACH, RUNS = 1000, 50, 20, 9
DEX = "/api/v1/dex/entries/"


def fill() -> tuple[User, list[User]]:
    """Make the people, and cards with a photo each; the files are not looked at."""
    people = [User.objects.create_user(f"person{n}", f"person{n}@example.org") for n in range(FRIENDS + 1)]
    viewer, *friends = people
    Friendship.objects.bulk_create(
        Friendship(asked_by=viewer, asked=friend, status="accepted") for friend in friends
    )
    taxa = Taxon.objects.bulk_create(
        Taxon(source="biologidex", source_id=f"{n}", rank="species", scientific_name=f"Genus s{n}")
        for n in range(CARDS)
    )
    animals = Animal.objects.bulk_create(
        Animal(taxon=taxon, creation_index=n) for n, taxon in enumerate(taxa, 1)
    )
    owned = [(viewer, animal) for animal in animals]
    owned += [(friend, animal) for friend in friends for animal in animals[:OF_EACH]]
    entries = DexEntry.objects.bulk_create(DexEntry(owner=owner, animal=animal) for owner, animal in owned)
    photos = Photo.objects.bulk_create(
        Photo(owner=owner, sha256=f"{n:064x}", original=f"{n}", format="JPEG", width=4, height=3, size=9)
        for n, (owner, _) in enumerate(owned)
    )
    EntryPhoto.objects.bulk_create(
        EntryPhoto(entry=entry, photo=photo) for entry, photo in zip(entries, photos, strict=True)
    )
    return viewer, friends


def measure(name: str, ask: Callable[[], Any]) -> Any:
    """Print how long it takes and how many queries it needs; return the last answer."""
    queries: list[str] = []

    def counted(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(counted):
        answer = ask()
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        answer = ask()
        times.append((time.perf_counter() - begun) * 1000)
    size = len(answer.content) / 1000
    print(f"{name:<28} {statistics.median(times):8.1f} ms  {len(queries):3} queries  {size:8.0f} kB")
    return answer.json()


def main() -> int:
    """Run the benchmark; return the exit status."""
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    viewer, friends = fill()
    api = APIClient()
    api.force_authenticate(viewer)
    asked = [
        {"user_id": "self", "last_sync": ""},
        *({"user_id": str(one.pk), "last_sync": ""} for one in friends),
    ]
    whole = measure(f"{CARDS} own cards", lambda: api.get(f"{DEX}sync_entries/"))
    since = {"last_sync": whole["server_time"]}
    measure("nothing new", lambda: api.get(f"{DEX}sync_entries/", since))
    measure(f"oneself and {FRIENDS} friends", lambda: api.post(f"{DEX}batch_sync/", {"sync_requests": asked}))
    measure("the feed's first page", lambda: api.get("/api/v1/dex/feed/"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
