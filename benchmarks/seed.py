"""Fills a database with people and their cards, by the shortest way there is: a COPY on PostgreSQL.

The viewer has 1,000 cards and 50 friends. Everybody else has 100, or as many as it takes; each card has a photo,
whose files are not there. Call `fill` after Django has been set up and the database migrated.
"""

import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model

from biologidex.accounts.models import User, UserProfile
from biologidex.animals.models import Animal, DexNumber, Taxon
from biologidex.core import identity
from biologidex.dex.models import DexEntry, DexState, EntryPhoto
from biologidex.media.models import Photo
from biologidex.social.models import Circle, Friendship

OWN, FRIENDS, OF_EACH, SPECIES = 1000, 50, 100, 5000
BATCH = 20_000
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
VISIBILITIES = ("private", "private", "friends", "friends", "public")  # 40 %, 40 %, 20 %
SAID = ("obscured", "photo", "", "wild", "", "")
PLACE = (48.1, 11.5, False, "Genus species")
SHOT = ("JPEG", 4000, 3000, 3_000_000, "2026-05-01T12:00:00", "photo", "")
dice = random.Random(1)
Row = tuple[Any, ...]


def _some_day() -> datetime:
    return NOW - timedelta(seconds=dice.randrange(10**9))


def new_id() -> UUID:
    """Return an id as random as those of real rows, and the same in every run."""
    return UUID(int=dice.getrandbits(128), version=4)


def write(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows, with nothing checked but what the database checks. What is not named is as usual."""
    usual = {
        field.column: field.get_default()
        for field in model._meta.concrete_fields
        if field.column not in columns and not field.null and field.has_default()
    }
    columns, also = (*columns, *usual), tuple(usual.values())
    table = f"{model._meta.db_table} ({', '.join(columns)})"
    waiting = ((*row, *also) for row in rows)
    with transaction.atomic(), connection.cursor() as cursor:
        while batch := list(islice(waiting, BATCH)):
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for row in batch:
                        copy.write_row(row)
            else:
                holes = ", ".join(["%s"] * len(columns))
                cursor.executemany(
                    f"INSERT INTO {table} VALUES ({holes})", [tuple(map(_plain, row)) for row in batch]
                )


def _plain(value: Any) -> Any:
    """Return what SQLite keeps in place of a type that it does not have."""
    if isinstance(value, UUID):
        return value.hex
    return value.replace(tzinfo=None).isoformat(" ") if isinstance(value, datetime) else value


def fill(entries: int, *, name: str, password: str) -> User:
    """Make so many cards in all, and who has them. Returns the viewer, who is called so."""
    animals = _animals()
    viewer = User.objects.create_user(name, f"{name}@example.org", password)
    others = _people(max(FRIENDS, (entries - OWN) // OF_EACH))
    _friendships(viewer, others[:FRIENDS])
    owners = [(viewer.pk, OWN), *((pk, OF_EACH) for pk in others)]
    rest = entries - sum(cards for _, cards in owners)
    owners[-1] = (owners[-1][0], owners[-1][1] + max(0, rest))
    _finds(owners, animals)
    return viewer


def grow(entries: int) -> None:
    """Add people with cards until there are so many cards in all. The viewer and the friends stay as they are."""
    with identity.everything():
        missing = entries - DexEntry.objects.count()
    owners = [(pk, OF_EACH) for pk in _people(missing // OF_EACH, first=User.objects.count())]
    _finds(owners, list(Animal.objects.values_list("pk", flat=True)))


def _finds(owners: list[tuple[UUID, int]], animals: list[UUID]) -> None:
    began = time.perf_counter()
    write(DexState, ("owner_id", "version", "changed_at"), ((pk, cards, NOW) for pk, cards in owners))
    with _fence_down():
        _cards(owners, animals)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(
        f"{sum(cards for _, cards in owners):,} cards of {len(owners):,} people written in "
        f"{time.perf_counter() - began:.0f} s",
        file=sys.stderr,
    )


@contextmanager
def _fence_down() -> Iterator[None]:
    """Do without row-level security for the length of a block: COPY knows no policies."""
    _row_security("DISABLE")
    yield
    _row_security("ENABLE")


def _row_security(what: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in settings.ROW_SECURITY_TABLES:
                cursor.execute(f"ALTER TABLE {table} {what} ROW LEVEL SECURITY")


def _animals() -> list[UUID]:
    taxa = Taxon.objects.bulk_create(
        Taxon(
            source="biologidex",
            source_id=f"seed{n}",
            rank="species",
            scientific_name=f"Genus species{n}",
            common_name=f"Animal {n}",
            kingdom="Metazoa",
            phylum="Chordata",
            class_name="Aves",
            order="Passeriformes",
            family=f"Family{n % 97}",
            genus="Genus",
            species=f"Genus species{n}",
        )
        for n in range(1, SPECIES + 1)
    )
    animals = Animal.objects.bulk_create(
        Animal(taxon=taxon, creation_index=n) for n, taxon in enumerate(taxa, 1)
    )
    DexNumber.objects.update_or_create(pk=1, defaults={"last": SPECIES})
    return [animal.pk for animal in animals]


def _people(count: int, *, first: int = 0) -> list[UUID]:
    ids = [new_id() for _ in range(count)]
    columns = ("id", "username", "email", "friend_code", "password", "date_joined")
    flags = ("email_confirmed", "is_active", "is_staff", "is_superuser")
    rows = (
        (pk, f"person{n}", f"person{n}@example.org", f"{n:08d}", "!", NOW, True, True, False, False)
        for n, pk in enumerate(ids, first)
    )
    write(User, (*columns, *flags), rows)
    chosen = ("default_visibility", "default_geoprivacy", "default_license", "badges_enabled")
    profiles = ((pk, "", "", "friends", "obscured", "", True) for pk in ids)
    write(UserProfile, ("user_id", "display_name", "bio", *chosen), profiles)
    return ids


def _friendships(viewer: User, friends: list[UUID]) -> None:
    columns = ("id", "asked_by_id", "asked_id", "status", "created_at", "asked_at", "answered_at")
    write(Friendship, columns, ((new_id(), viewer.pk, pk, "accepted", NOW, NOW, NOW) for pk in friends))
    write(Circle, ("person_id", "version"), ((pk, new_id()) for pk in (viewer.pk, *friends)))


def _cards(owners: list[tuple[UUID, int]], animals: list[UUID]) -> None:
    """Write the cards of all, a bounded number at a time."""
    cards = _drawn(owners, animals)
    said = ("visibility", "geoprivacy", "place_source", "place_name", "establishment", "license", "notes")
    times = ("created_at", "updated_at", "touched_at", "identified_at")
    place = ("latitude", "longitude", "is_favorite", "verbatim_identification")
    shot = ("id", "owner_id", "sha256", "framing", "original", "format", "width", "height", "size")
    told = ("taken_local", "time_source", "place_source", "created_at", "came_at")
    while some := list(islice(cards, BATCH)):
        write(
            DexEntry,
            ("id", "owner_id", "animal_id", *said, *times, *place),
            (
                (
                    pk,
                    owner,
                    animal,
                    dice.choice(VISIBILITIES),
                    *SAID,
                    _some_day(),
                    NOW,
                    NOW,
                    NOW,
                    *PLACE,
                )
                for pk, owner, animal, _ in some
            ),
        )
        write(
            Photo,
            (*shot, *told),
            (
                (photo, owner, photo.hex * 2, "", f"originals/{photo}.jpg", *SHOT, NOW, NOW)
                for _, owner, _, photo in some
            ),
        )
        shown = ((new_id(), pk, photo, NOW) for pk, _, _, photo in some)
        write(EntryPhoto, ("id", "entry_id", "photo_id", "added_at"), shown)


def _drawn(owners: list[tuple[UUID, int]], animals: list[UUID]) -> Iterator[Row]:
    """Give for each card its id, its owner, an animal that this owner has not had yet, and a photo's id."""
    for owner, count in owners:
        first = dice.randrange(len(animals))
        for n in range(count):
            yield new_id(), owner, animals[(first + n) % len(animals)], new_id()
