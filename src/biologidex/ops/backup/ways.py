"""The two ways to back up: one file with everything where the database is SQLite, programs where it is PostgreSQL."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from biologidex.ops.backup import embedded, places, postgres, recovering, restoring, trying
from biologidex.ops.backup.embedded import Say
from biologidex.ops.backup.errors import BackupFailed, Damaged
from biologidex.ops.backup.pgbackrest import Made

Told = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What is to be restored, and where to. None: the newest, in its own place, with our own key."""

    at: datetime | None = None
    into: Path | None = None
    identity: Path | None = None
    incomplete: bool = False  # whether one that lacks photos will do


class Way(Protocol):
    """What the commands need. Each raises BackupFailed with a sentence for the operator."""

    def make(self, say: Say) -> Told: ...
    def photos(self, say: Say) -> Told: ...
    def listed(self, say: Say) -> list[Told]: ...
    def verify(self, say: Say) -> list[Told]: ...
    def restore(self, wanted: Wanted, say: Say) -> None: ...
    def drill(self, say: Say, *, identity: Path | None) -> Told: ...


class Embedded:
    """SQLite: one file, made and restored by ourselves."""

    def make(self, say: Say) -> Told:
        """Make a backup."""
        return asdict(embedded.make(say))

    def photos(self, say: Say) -> Told:  # noqa: ARG002 -- there is nothing to do
        """Refuse: the one file has everything."""
        raise BackupFailed("Beside SQLite photos have no backup of their own: biologidex backup")

    def listed(self, say: Say) -> list[Told]:
        """Return all backups of all places; what cannot be asked is said."""
        found, missed = places.to_read()
        for one in missed:
            say(f"Left out: {one}")
        return [_described(shelf.place, entry) for shelf, entries in found for entry in entries]

    def verify(self, say: Say) -> list[Told]:
        """Read every backup again and compare it with what was put there."""
        read, bad = places.to_read()
        found = []
        for shelf, entries in read:
            for entry in entries:
                try:
                    with shelf.open(entry):
                        found.append(_described(shelf.place, entry))
                except BackupFailed as error:
                    bad.append(error.message)
        if bad:
            raise Damaged("\n".join(bad))
        say(f"{len(found)} backups are what was put there.")
        return found

    def restore(self, wanted: Wanted, say: Say) -> None:
        """Restore into the data folder, or another."""
        into = wanted.into or Path(settings.DATA_DIR)
        database = into / embedded.DATABASE if wanted.into else embedded.database()
        restoring.restore(
            at=wanted.at,
            into=into,
            database=database,
            identity=wanted.identity,
            incomplete=wanted.incomplete,
            say=say,
        )

    def drill(self, say: Say, *, identity: Path | None) -> Told:
        """Try the newest out."""
        return trying.drill(say, identity=identity)


class Postgres:
    """PostgreSQL: pgBackRest and restic."""

    def make(self, say: Say) -> Told:
        """Back up database, photos and secrets."""
        return postgres.make(say)

    def photos(self, say: Say) -> Told:
        """Back up photos alone."""
        return postgres.make_photos(say)

    def listed(self, say: Say) -> list[Told]:
        """Return the backups of the database; any moment between the first and the last can be restored."""
        found, told = postgres.repositories(), list[Told]()
        for repo, place in found.places.items():
            try:
                told += [_of_database(place, one) for one in found.made(repo)]
            except BackupFailed as error:
                say(f"Left out: {place}: {error.message}")
        return told

    def verify(self, say: Say) -> list[Told]:
        """Let both programs read everything again."""
        found = postgres.repositories()
        for repo in found.places:
            found.verify(repo)
        postgres.media(postgres.media_place()).verify()
        say("Every file in the repositories is what was put there.")
        return self.listed(say)

    def restore(self, wanted: Wanted, say: Say) -> None:
        """Restore database, photos and, with the private key, secrets."""
        recovering.restore(at=wanted.at, into=wanted.into, identity=wanted.identity, say=say)

    def drill(self, say: Say, *, identity: Path | None) -> Told:  # noqa: ARG002 -- this machine has the keys it needs
        """Restore into a scratch server and compare with the one that runs."""
        return recovering.drill(say)


def _of_database(place: str, one: Made) -> Told:
    made = f"{one.moment:%Y-%m-%dT%H:%M:%SZ}"
    return {"place": place, "backup": one.label, "made": made, "bytes": one.bytes}


def _described(place: str, entry: Any) -> Told:
    made = f"{entry.moment:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "place": place,
        "backup": entry.name,
        "made": made,
        "bytes": entry.bytes,
        "version": entry.version,
    }


def way() -> Way:
    """Return the way of this server."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return Embedded()
    return Postgres()
