"""The places of this server's backups, and the lock that lets one command at a time work on them."""

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import DEFAULT_STORAGE_ALIAS, settings
from django.core.files.storage import FileSystemStorage, storages

from biologidex.ops.backup import stores
from biologidex.ops.backup.errors import BackupFailed, named
from biologidex.ops.backup.plan import Plan
from biologidex.ops.backup.shelf import Entry, Shelf

HERE, OFF_SITE = "here", "off_site"
WORK = "work-"
BRIEFLY, PATIENCE = "briefly", 60.0  # seconds


def plan() -> Plan:
    """Return what is settled about backups."""
    settled: Plan = settings.BACKUP
    return settled


def here() -> Shelf:
    """Return the place on this machine."""
    return Shelf(HERE, stores.Folder(plan().here, may_be_missing=True))


def off_site() -> Shelf:
    """Return the place outside it, which the plan names; raises BackupFailed if it is not there."""
    return Shelf(OFF_SITE, stores.of(plan().off_site))  # type: ignore[arg-type]  # it is named


def shelves() -> list[Shelf]:
    """Return the places with archives, the one on this machine first; raises BackupFailed if one is not there."""
    return [here(), off_site()] if plan().off_site else [here()]


def to_read() -> tuple[list[tuple[Shelf, list[Entry]]], list[str]]:
    """Return the places with what they have, and of those that cannot be asked why."""
    found, missed = [], []
    for place in (here, off_site) if plan().off_site else (here,):
        try:
            shelf = place()
            found.append((shelf, shelf.entries()))
        except BackupFailed as error:
            missed.append(error.message)
    return found, missed


def has_photos() -> bool:
    """Whether photos lie in a folder of ours. Those in a bucket are the bucket's to keep: give it versions."""
    return isinstance(storages[DEFAULT_STORAGE_ALIAS], FileSystemStorage)


def _take(lock: IO[str]) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            if lock.read() != BRIEFLY or time.monotonic() > end:
                raise BackupFailed("Another backup, restore or drill is under way.") from None
            time.sleep(0.2)


@contextmanager
def alone(*, briefly: bool = False) -> Iterator[Path]:
    """Hold the lock, and give an empty folder to work in. What a killed command has left goes.

    Whoever holds it `briefly` is waited for by others; anybody else is not.
    """
    here = plan().here
    with named(here):
        here.mkdir(parents=True, exist_ok=True, mode=0o750)
        lock = (here / "lock").open("a+")
    with lock:
        _take(lock)
        lock.truncate(0)
        print(BRIEFLY if briefly else "", end="", file=lock, flush=True)
        for left in here.glob(f"{WORK}*"):
            shutil.rmtree(left, ignore_errors=True)
        stores.Folder(here).sweep()
        with named(here):
            work = Path(tempfile.mkdtemp(prefix=WORK, dir=here))
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)
