"""Where a restore unpacks to, and how that gets to its place.

The folder of photos may be a mount or a link to another disk: it is never moved, what is in it is, and never to another
disk than it belongs to.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from biologidex.ops.backup import unfinished
from biologidex.ops.backup.embedded import DATABASE, MEDIA, MORE, SIGNING, Say
from biologidex.ops.backup.errors import BackupFailed, named
from biologidex.ops.backup.unfinished import REPLACED, STAGE

SIDES = ("", "-wal", "-shm")  # of a database that was not closed


@contextmanager
def stage(into: Path) -> Iterator[Path]:
    """Give an empty folder to unpack to. Photos in it are on the disk where they will be."""
    home, folder = into / MEDIA, into / STAGE
    if home.is_symlink() and not home.exists():
        raise BackupFailed(f"{home} leads nowhere. Is its disk mounted?")
    try:
        with named(into):
            for one in (folder, home / STAGE):
                shutil.rmtree(one, ignore_errors=True)
                one.mkdir(parents=True, mode=0o750)
            (folder / MEDIA).symlink_to(home / STAGE)
        yield folder
    finally:
        for one in (folder, home / STAGE):
            shutil.rmtree(one, ignore_errors=True)


def put_in_place(folder: Path, into: Path, database: Path, say: Say) -> None:
    """Move what was there aside, and what was restored to its place. A server does not start in between."""
    _give_to_owner_of(into, folder)
    mark = into / unfinished.MARK
    with named(into):
        mark.touch()
        aside = into / f"{REPLACED}{folder.stat().st_mtime_ns}"
        _put_photos(folder / MEDIA, into / MEDIA, aside.name)
        moves = [(into / name, folder / name) for name in (SIGNING, MORE)]
        moves += [(database.with_name(database.name + side), folder / f"{DATABASE}{side}") for side in SIDES]
        for old, new in moves:
            if old.exists() and (new.exists() or old.name not in {SIGNING, MORE}):
                aside.mkdir(exist_ok=True, mode=0o700)
                shutil.move(old, aside / old.name)
            if new.exists():
                shutil.move(new, old)
        mark.unlink()
        _say_what_was_before(into, aside, say)


def _give_to_owner_of(into: Path, folder: Path) -> None:
    """Let whoever runs the server own what root has restored."""
    if os.geteuid() != 0:
        return
    owner, photos = into.stat(), into / MEDIA / STAGE
    for one in (photos.parent, folder, *folder.rglob("*"), photos, *photos.rglob("*")):
        os.chown(one, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _put_photos(new: Path, home: Path, aside: str) -> None:
    for one in [one for one in home.iterdir() if not unfinished.is_no_photo(one.name)]:
        (home / aside).mkdir(exist_ok=True, mode=0o700)
        shutil.move(one, home / aside / one.name)
    for one in list(new.iterdir()):
        shutil.move(one, home / one.name)


def _say_what_was_before(into: Path, aside: Path, say: Say) -> None:
    """Bring the photos of before to the rest of it, if that is no way to another disk; then say where all that is."""
    for left in (into / MEDIA).glob(f"{REPLACED}*"):
        with suppress(OSError):
            (into / left.name).mkdir(exist_ok=True, mode=0o700)
            os.rename(left, into / left.name / MEDIA)  # noqa: PTH104 -- as shutil.move does
    found = [one for one in (aside, into / MEDIA / aside.name) if one.exists()]
    if found:
        where = " and ".join(map(str, found))
        say(f"What was there before is in {where}. Remove it when you do not need it any more.")
