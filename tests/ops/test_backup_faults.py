"""What goes wrong with backups of the embedded mode: each is told, and nothing that was good is lost."""

import errno
import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from biologidex.ops.backup import plan, status, unfinished
from ops.small import Small, archive, do, fails, listed, use
from running import COMMAND, environment_of


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_one_flipped_byte_is_found_and_nothing_is_touched(
    small: Small, request: Any, sealed: bool, share: float
) -> None:
    if sealed:
        request.getfixturevalue("key")
    do("backup")
    file = archive(small)
    content = bytearray(file.read_bytes())
    content[int(len(content) * share)] ^= 1
    file.write_bytes(content)

    for command in (("backup", "--verify"), ("drill",), ("restore", "--latest")):
        assert "is damaged" in fails(*command)

    assert status.read().drill.failed
    assert small.people() == 1
    assert {file.name for file in small.folder.glob(".restoring*")} == set()


def test_a_photo_that_is_not_the_one_of_its_row_fails_the_drill(small: Small) -> None:
    small.photo(b"badger").write_bytes(b"something else")
    do("backup")

    assert "is not the one that its row speaks of" in fails("drill")


def test_a_photo_whose_file_is_missing_fails_the_drill(small: Small) -> None:
    small.photo(b"badger").unlink()
    fails("backup")

    assert "is missing in the backup" in fails("drill")


def test_without_any_backup_drill_and_restore_say_so(small: Small) -> None:
    assert "There is no backup at" in fails("drill")
    assert "There is no backup at" in fails("restore", "--latest")


def killed_when(started: Callable[[], bool], small: Small, *words: str) -> None:
    process = subprocess.Popen([COMMAND, *words], env=environment_of(small.folder), stdout=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while not started():
        assert process.poll() is None, "It was over before it could be killed."
        assert time.monotonic() < end
    process.send_signal(signal.SIGKILL)
    process.wait(10)


@pytest.mark.slow
def test_a_backup_that_is_killed_leaves_nothing_that_looks_like_one(small: Small) -> None:
    small.photo(os.urandom(80_000_000))
    backups = small.folder / "backups"

    killed_when(lambda: any(backups.glob("*.part")), small, "backup")

    assert listed() == []
    assert "There is no backup" in fails("restore", "--latest")
    do("backup")
    assert len(listed()) == 1
    assert {file.suffix for file in backups.iterdir()} == {".zst", ".json", ""}


@pytest.mark.slow
def test_a_restore_that_is_killed_has_changed_nothing_and_can_be_done_again(small: Small) -> None:
    small.photo(os.urandom(80_000_000))
    do("backup")
    small.ask("UPDATE accounts_user SET username = 'since'")

    killed_when(lambda: any(small.folder.glob(".restoring/media/*")), small, "restore", "--latest")

    assert small.ask("SELECT username FROM accounts_user") == [("since",)]
    assert not (small.folder / unfinished.MARK).exists()
    do("restore", "--latest")
    assert small.ask("SELECT username FROM accounts_user") == [("ann",)]
    assert not (small.folder / ".restoring").exists()


@pytest.mark.parametrize("moves", [1, 2, 3, 4])
def test_a_restore_that_is_killed_in_its_last_step_keeps_a_server_from_starting_on_half_of_it(
    small: Small, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    do("backup")
    photos, move = small.contents(), shutil.move
    left = iter(range(moves))

    def dies(*args: Any) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        move(*args)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(shutil, "move", dies)
        do("restore", "--latest")

    assert "was interrupted" in fails("prepare")
    do("restore", "--latest")
    unfinished.refuse(small.folder)
    assert (small.people(), small.contents()) == (1, photos)


def test_a_server_that_runs_is_not_restored_over(small: Small) -> None:
    do("backup")
    with (small.folder / "server.lock").open("w") as server:
        fcntl.flock(server, fcntl.LOCK_EX)
        assert "Another server is running" in fails("restore", "--latest")


def test_two_at_a_time_do_not_get_into_each_others_way(small: Small) -> None:
    do("backup")
    with (small.folder / "backups" / "lock").open("w") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        for command in (("backup",), ("drill",), ("restore", "--latest")):
            assert "under way" in fails(*command)


def test_a_full_disk_is_called_by_its_name_and_the_last_success_stays(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    do("backup")
    before = status.read().parts["database"].succeeded

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        assert fails("backup") == f"{small.folder / 'backups'} is full."

    assert status.read().failed
    assert status.read().parts["database"].succeeded == before
    assert len(listed()) == 1


def test_a_place_that_is_not_there_is_told_and_the_last_success_stays(small: Small, settings: Any) -> None:
    do("backup")
    before = status.read().parts["database"].succeeded
    use(settings, off_site=plan.Place("folder", folder="/nowhere/mounted"))

    assert fails("backup") == "/nowhere/mounted is not there. Is it mounted?"

    assert status.read().failed
    assert status.read().parts["database"].succeeded == before


def test_a_bucket_that_cannot_be_reached_is_told_without_its_secret(small: Small, settings: Any) -> None:
    use(settings, off_site=plan.place("s3://KEY:hidden-secret@127.0.0.1:1/photos/dex?secure=false"))

    told = fails("backup")

    assert "The bucket photos at 127.0.0.1:1 cannot be reached" in told
    assert "hidden-secret" not in told


def test_a_backup_of_a_newer_version_is_refused_before_anything_is_touched(small: Small) -> None:
    small.ask("INSERT INTO django_migrations (app, name, applied) VALUES ('dex', '9999_later', '2030-01-01')")
    do("backup")

    assert "A newer version of BiologiDex made this backup (it knows dex.9999_later)" in fails(
        "restore", "--latest"
    )

    assert not list(small.folder.glob("replaced-*"))
