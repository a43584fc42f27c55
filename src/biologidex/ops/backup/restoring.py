"""Restoring a backup of the embedded mode: unpacked beside, looked at, brought up to date, then put in place."""

from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from biologidex.ops import server
from biologidex.ops.backup import archive, missing, places, placing, sealing, sqlite
from biologidex.ops.backup.embedded import DATABASE, MEDIA, Say
from biologidex.ops.backup.errors import BackupFailed, Damaged, named
from biologidex.ops.backup.shelf import Entry, Shelf


def choose(at: datetime | None, say: Say) -> list[tuple[Shelf, Entry]]:
    """Return the newest backup of all places, or the newest that was made by then, once for each place that has it.

    Raises BackupFailed if there is none.
    """
    read, missed = places.to_read()
    found = [(shelf, entry) for shelf, entries in read for entry in entries]
    if not found:
        where = " and ".join(shelf.store.title for shelf, _ in read)
        raise BackupFailed("\n".join([f"There is no backup at {where}.", *missed]))
    for one in missed:
        say(f"Left out: {one}")
    fitting = [(shelf, entry) for shelf, entry in found if at is None or entry.moment <= at]
    if not fitting:
        first = min(entry.moment for _, entry in found)
        raise BackupFailed(f"There is no backup of that time: the first is of {first:%Y-%m-%d %H:%M:%S} UTC.")
    newest = max(fitting, key=lambda one: one[1].age)[1].name
    return [(shelf, entry) for shelf, entry in fitting if entry.name == newest]


def unpack(shelf: Shelf, entry: Entry, folder: Path, *, identity: Path | None) -> dict[str, Any]:
    """Unpack a backup into an empty folder and look whether it is sound. Returns what it says of itself."""
    with ExitStack() as stack:
        stack.enter_context(named(folder))
        source = stack.enter_context(shelf.open(entry))
        if entry.name.endswith(sealing.ENDING):
            own = places.plan().keys / sealing.IDENTITY
            key = identity or (own if own.is_file() else None)
            source = stack.enter_context(sealing.opened(source, key))
        told = archive.unpack(source, folder)
    sqlite.check(folder / DATABASE)
    if sqlite.counts(folder / DATABASE) != told["tables"]:
        raise Damaged(f"{entry.name} is damaged: its tables have other rows than it says.")
    return told


def restore(
    *,
    at: datetime | None,
    into: Path,
    database: Path,
    identity: Path | None,
    incomplete: bool = False,
    say: Say,
) -> None:
    """Put a backup in the place of whatever a folder has. What was there is kept beside it.

    One that lacks photos is refused before anything is touched, unless `incomplete` ones will do.
    """

    def put_back(shelf: Shelf, entry: Entry) -> None:
        say(f"Restoring {entry.name} of {entry.moment:%Y-%m-%d %H:%M:%S} UTC from {shelf.store.title}.")
        with placing.stage(into) as stage:
            unpack(shelf, entry, stage, identity=identity)
            sqlite.bring_up_to_date(stage, stage / DATABASE)
            _look_for_photos(entry, stage, incomplete=incomplete, say=say)
            say("Its tables are those of this version.")
            placing.put_in_place(stage, into, database, say)

    with server.only_server_of(into), places.alone():
        *others, last = choose(at, say)
        for shelf, entry in others:
            try:
                return put_back(shelf, entry)
            except Damaged as error:
                # Found before anything is touched: the same may be sound at the next place.
                say(error.message)
        try:
            return put_back(*last)
        except Damaged as error:
            raise Damaged(f"{error.message} {_told_of_one_before(last[1])}") from error


def _told_of_one_before(entry: Entry) -> str:
    """Say how to restore the newest backup before this one that is what was put there."""
    read, _ = places.to_read()
    older = [
        (shelf, one)
        for shelf, entries in read
        for one in entries
        if one.age < entry.age and not one.is_lacking
    ]
    for shelf, one in sorted(older, key=lambda found: found[1].age, reverse=True):
        with suppress(BackupFailed), shelf.open(one):
            return f"The newest whole one before it: the same command with --at {one.moment:%Y-%m-%dT%H:%M:%S.%f}"
    return "None before it is whole."


def _look_for_photos(entry: Entry, stage: Path, *, incomplete: bool, say: Say) -> None:
    lost = missing.of(stage / DATABASE, lambda name: (stage / MEDIA / name).is_file())
    if not lost:
        say("It is whole: every file, every row, every photo that its rows speak of.")
    elif incomplete:
        say(lost.told(entry.name))
    else:
        raise Damaged(
            f"{lost.told(entry.name)} Nothing was touched. This one, as it is, is restored with --incomplete."
        )
