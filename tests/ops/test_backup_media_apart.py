"""Photos on a disk of their own: a restore leaves the mount or the link as it is, and puts photos on that disk."""

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from biologidex.ops.backup import unfinished
from ops.small import Small, do, fails


@pytest.fixture
def mounted(small: Small, monkeypatch: pytest.MonkeyPatch) -> Small:
    """An instance whose photos are a mount: it has no other name, and nothing is renamed into it or out of it."""
    rename = os.rename

    def inside(path: Any) -> bool:
        return small.media in Path(path).parents

    def renamed(source: Any, target: Any, **how: Any) -> None:
        if small.media in {Path(source), Path(target)}:
            raise OSError(errno.EBUSY, "Device or resource busy")
        if inside(source) != inside(target):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        rename(source, target, **how)

    monkeypatch.setattr(os, "rename", renamed)
    return small


def test_photos_on_a_mount_are_restored(mounted: Small) -> None:
    photos = mounted.contents()
    inode = mounted.media.stat().st_ino
    do("backup")
    (mounted.media / next(iter(photos))).write_bytes(b"something else")
    (mounted.media / "lost+found").mkdir()

    do("restore", "--latest")

    unfinished.refuse(mounted.folder)
    now = mounted.contents()
    assert {name: now[name] for name in photos} == photos
    assert mounted.media.stat().st_ino == inode
    assert (mounted.media / "lost+found").is_dir()
    (aside,) = mounted.media.glob("replaced-*")
    assert b"something else" in {file.read_bytes() for file in aside.rglob("*.jpg")}


def test_what_was_put_aside_on_the_mount_is_in_no_backup(mounted: Small) -> None:
    do("backup")
    do("restore", "--latest")
    assert list(mounted.media.glob("replaced-*"))
    (mounted.media / ".restoring").mkdir()
    (mounted.media / ".restoring" / "half").write_bytes(b"half")
    do("backup")

    do("restore", "--latest", "--into", str(mounted.folder / "elsewhere"))

    there = {file.name for file in (mounted.folder / "elsewhere" / "media").iterdir()}
    assert there == {"photos"}


def test_a_link_to_a_bigger_disk_stays_and_photos_go_there(small: Small, tmp_path: Path) -> None:
    bigger = Path(shutil.move(small.media, tmp_path / "bigger"))
    small.media.symlink_to(bigger)
    photos = small.contents()
    do("backup")
    shutil.rmtree(bigger / "photos")

    do("restore", "--latest")

    assert small.media.is_symlink()
    assert small.media.resolve() == bigger
    assert small.contents() == photos
    assert {one.name for one in bigger.iterdir()} == {"photos"}


def test_a_link_that_leads_nowhere_is_told_before_anything_is_touched(small: Small, tmp_path: Path) -> None:
    do("backup")
    shutil.rmtree(small.media)
    small.media.symlink_to(tmp_path / "not-mounted")

    assert f"{small.media} leads nowhere. Is its disk mounted?" in fails("restore", "--latest")

    assert small.people() == 1
    assert not list(small.folder.glob("replaced-*"))
    unfinished.refuse(small.folder)
