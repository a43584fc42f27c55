"""What a kept list of friends saves, against asking the database for it.

    .venv/bin/python benchmarks/friends.py [--runs N]

Makes people with 5, 50, 500 and 5000 friends in a transaction that is rolled back, in the database of
BIOLOGIDEX_DATA_DIR or BIOLOGIDEX_DATABASE_URL, and prints both medians in milliseconds with their ratio.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "biologidex.config.settings")
django.setup()

from django.db import transaction  # noqa: E402 -- after Django is set up

from biologidex.accounts.models import User  # noqa: E402
from biologidex.social.models import Circle, Friendship  # noqa: E402
from biologidex.social.selectors import friend_ids, friend_list  # noqa: E402


def median(work: Callable[[], object], runs: int) -> float:
    """Return how long it takes, in milliseconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def person_with(friends: int) -> User:
    """Make somebody with so many friends."""
    name = f"benchmark-{friends}"
    made = [User(username=f"{name}-{at}", email=f"{name}-{at}@example.org") for at in range(friends + 1)]
    person, *others = User.objects.bulk_create(made)
    Circle.objects.create(person=person)
    Friendship.objects.bulk_create(
        Friendship(asked_by=person, asked=other, status=Friendship.Status.ACCEPTED) for other in others
    )
    return person


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    runs = parser.parse_args().runs
    print("friends  asked ms  kept ms  ratio")
    for friends in (5, 50, 500, 5000):
        with transaction.atomic():
            person = person_with(friends)
            asked = median(lambda person=person: list(friend_ids(person)), runs)
            kept = median(lambda person=person: friend_list(person), runs)
            transaction.set_rollback(True)
        print(f"{friends:7}  {asked:8.2f}  {kept:7.2f}  {asked / kept:5.2f}")


if __name__ == "__main__":
    main()
