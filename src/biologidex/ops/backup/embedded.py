"""A backup of the embedded mode: everything in one file, made while the server runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils import timezone

from biologidex.ops.backup import archive, missing, places, sealing, sqlite, status, stores, unfinished
from biologidex.ops.backup.errors import BackupFailed, Damaged
from biologidex.ops.backup.missing import Missing
from biologidex.ops.backup.shelf import LACKING, Entry, Shelf
from biologidex.ops.backup.stores import PREFIX

Say = Callable[[str], object]
DATABASE, MEDIA = "biologidex.sqlite3", "media"
SIGNING, MORE = "secret_key", "secrets"
ENDING = ".tar.zst"


def database() -> Path:
    """Return the file that the database is."""
    return Path(settings.DATABASES["default"]["NAME"])


def make(say: Say) -> Entry:
    """Make a backup, bring it to every place, and let go of those that are more than enough."""
    if not settings.DATA_DIR.is_dir():
        raise BackupFailed(f"There is no server in {settings.DATA_DIR}.")  # and none is begun
    with places.alone() as work:
        try:
            entry = _make(work, say)
        except BaseException:
            status.failed()
            raise
        return entry


def _make(work: Path, say: Say) -> Entry:
    unfinished.refuse(settings.DATA_DIR)
    if not database().is_file():
        raise BackupFailed(f"There is no database at {database()} yet.")
    here = places.here()
    here.sweep()
    if not places.plan().public_keys:
        say("BIOLOGIDEX_BACKUP_PUBLIC_KEYS names no key: whoever gets hold of this backup can read it.")
    entry, sizes, lost = _write(here, timezone.now(), work)
    say(f"Made {entry.name}: {entry.bytes:,} bytes.")
    _prune(here)
    if places.plan().off_site:
        try:
            _bring(entry, here, places.off_site(), say)
        except BackupFailed as error:  # what is here is good, but no success: this machine may be lost
            raise BackupFailed(f"{entry.name} is at {here.store.title} alone: {error.message}") from error
    _note(entry, sizes)
    if lost:
        raise Damaged(f"{lost.told(entry.name)} Backups of before that have them stay.")
    return entry


def _write(here: Shelf, now: datetime, work: Path) -> tuple[Entry, dict[str, int], Missing]:
    ending = ENDING + (sealing.ENDING if places.plan().public_keys else "")
    stem = f"{PREFIX}{now:%Y%m%dT%H%M%S}.{now.microsecond:06}Z"
    name = f"{stem}{ending}"
    store = stores.Folder(places.plan().here)
    with store.writing(name) as out, _stream(out) as stream:
        sizes, lost = _fill(stream, now, work)
    if lost:
        name = store.rename(name, f"{stem}{LACKING}{ending}")
    with store.open(name) as file:
        digest = archive.digest_of(file)
    entry = Entry(name, now.timestamp(), store.size(name), digest, version("biologidex"))
    here.note(entry)
    return entry, sizes, lost


@contextmanager
def _stream(out: IO[bytes]) -> Iterator[IO[bytes]]:
    plan = places.plan()
    if not plan.public_keys:
        yield out
        return
    with sealing.sealed(out, plan.public_keys, sealing.own_identity(plan.keys)) as stream:
        yield stream


def _fill(stream: IO[bytes], now: datetime, work: Path) -> tuple[dict[str, int], Missing]:
    """Photos, then the database, then the photos of meanwhile: whatever its rows speak of is in it."""
    plan, copy = places.plan(), work / DATABASE
    head: dict[str, Any] = {"made_at": now.isoformat(), "version": version("biologidex")}
    with archive.Writer(stream, head) as writer:
        writer.add_folder(MEDIA, settings.MEDIA_ROOT, but_for=unfinished.is_no_photo)
        sqlite.copy(database(), copy)
        writer.add(DATABASE, copy)
        writer.add_folder(MEDIA, settings.MEDIA_ROOT, but_for=unfinished.is_no_photo)
        lost = _missed(copy, writer)
        writer.add(SIGNING, Path(settings.DATA_DIR) / SIGNING)
        if plan.secrets and plan.public_keys:  # never in the open
            writer.add_folder(MORE, plan.secrets)
        writer.close(sqlite.counts(copy))
    return writer.bytes, lost


def _missed(copy: Path, writer: archive.Writer) -> Missing:
    """Return what the archive lacks. Where that is all, a disk is not there and nothing was lost yet: no backup."""
    lost = missing.of(copy, lambda name: f"{MEDIA}/{name}" in writer.digests)
    if lost.is_all:
        raise BackupFailed(
            f"None of the {lost.known:,} photos that the database speaks of is in {settings.MEDIA_ROOT}. "
            "Is it mounted? No backup was made; those of before are as they were."
        )
    return lost


PARTS = {DATABASE: "database", MEDIA: "media", SIGNING: "secrets", MORE: "secrets"}


def _bring(entry: Entry, here: Shelf, shelf: Shelf, say: Say) -> None:
    shelf.sweep()
    with here.open(entry) as source:
        shelf.put(entry, source)
    say(f"Brought it to {shelf.store.title}.")
    _prune(shelf)


def _prune(shelf: Shelf) -> None:
    """Let go of what is more than enough at a place, whatever becomes of the others."""
    keep = places.plan().keep_here if shelf.place == places.HERE else places.plan().keep
    shelf.prune(keep=keep, verified=status.read().drill.verified_backups.get(shelf.place, ""))


def _note(entry: Entry, sizes: dict[str, int]) -> None:
    now = status.read()
    now.kept = {shelf.place: len(shelf.entries()) for shelf in places.shelves()}
    now.tried, now.failed = timezone.now().timestamp(), False
    now.parts = {}
    for name, part in PARTS.items():
        before = now.parts[part].bytes if part in now.parts else 0
        now.parts[part] = status.Part(entry.made_at, before + sizes.get(name, 0))
    status.write(now)
