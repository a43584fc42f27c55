"""What goes wrong with backups of the embedded mode: each is told, and nothing that was good is lost."""

import errno
import fcntl
import gc
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from biologidex.accounts.models import User
from biologidex.ops.backup import places, plan, sqlite, status, unfinished
from biologidex.ops.backup.errors import BackupFailed
from biologidex.ops.backup.shelf import Shelf
from ops.disks import small_disk
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


def test_a_backup_that_fails_in_the_middle_writes_nothing_later(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_now(*_: object) -> None:
        raise BackupFailed("no")

    monkeypatch.setattr(sqlite, "copy", fails_now)

    assert fails("backup") == "no"
    gc.collect()  # what was left of it would be an error here


def test_a_database_that_cannot_be_read_is_told_in_a_sentence(small: Small) -> None:
    small.database.write_bytes(b"This is no database." * 1000)

    told = fails("backup")

    assert told.startswith(f"{small.database} cannot be read: ")
    assert told.endswith("Backups of before: biologidex backup --list")


def test_where_no_note_can_be_made_it_is_told_why_the_backup_failed(
    small: Small, settings: Any, tmp_path: Path
) -> None:
    use(settings, status=tmp_path / "away", off_site=plan.Place("folder", folder="/nowhere/mounted"))

    assert "/nowhere/mounted is not there" in fails("backup")

    use(settings, status=tmp_path / "away", off_site=None)
    assert fails("backup") == f"{tmp_path / 'away'} cannot be used: No such file or directory."


def test_a_place_that_is_not_there_is_told_and_the_last_success_stays(small: Small, settings: Any) -> None:
    do("backup")
    before = status.read().parts["database"].succeeded
    use(settings, off_site=plan.Place("folder", folder="/nowhere/mounted"))

    told = fails("backup")

    assert told.endswith(
        f"is at {small.folder / 'backups'} alone: /nowhere/mounted is not there. Is it mounted?"
    )
    assert status.read().failed
    assert status.read().parts["database"].succeeded == before


def test_what_is_here_is_read_while_another_place_is_away(small: Small, settings: Any) -> None:
    do("backup")
    use(settings, off_site=plan.Place("folder", folder="/nowhere/mounted"))
    small.ask(f"DELETE FROM {User._meta.db_table}")

    shown, restored = do("backup", "--list"), do("restore", "--latest")

    for said in (shown, restored):
        assert "Left out: /nowhere/mounted is not there. Is it mounted?" in said
    assert small.people() == 1


def test_no_more_is_kept_here_than_is_settled_although_another_place_is_full(
    small: Small, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    full = tmp_path / "full"
    full.mkdir()
    use(settings, off_site=plan.Place("folder", folder=str(full)), keep_here=2)

    def has_no_room(*_: object) -> None:
        raise BackupFailed(f"{full} is full.")

    monkeypatch.setattr(Shelf, "put", has_no_room)
    for _ in range(4):
        assert f"{full} is full." in fails("backup")

    assert len(places.here().entries()) == 2


def test_one_that_is_damaged_here_comes_back_from_the_other_place(
    small: Small, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "away").mkdir()
    use(settings, off_site=plan.Place("folder", folder=str(tmp_path / "away")))
    do("backup")
    here = archive(small)
    here.write_bytes(here.read_bytes()[:-9] + b"not so it")
    small.ask(f"DELETE FROM {User._meta.db_table}")

    told = do("restore", "--latest")

    assert "is damaged: it is not what was put there." in told
    assert f"from {tmp_path / 'away'}." in told
    assert small.people() == 1


def test_beside_one_that_is_damaged_everywhere_the_newest_whole_one_before_it_is_named(small: Small) -> None:
    for name in ("first", "second", "third", "fourth"):
        small.ask("UPDATE accounts_user SET username = ?", name)
        do("backup")
    first, _, *others = sorted((small.folder / "backups").glob("*.tar.zst"))
    for one in others:
        one.write_bytes(one.read_bytes()[:-9] + b"not so it")

    told = fails("restore", "--latest")

    assert small.ask("SELECT username FROM accounts_user") == [("fourth",)]
    do("restore", *told.split()[-2:])
    assert small.ask("SELECT username FROM accounts_user") == [("second",)]
    for one in (small.folder / "backups").glob("*.tar.zst"):
        one.write_bytes(b"nothing")
    assert fails("restore", "--latest").endswith("None before it is whole.")
    assert first.is_file()


def test_what_a_wrong_clock_has_put_into_the_future_is_neither_the_newest_nor_drives_out_what_is(
    small: Small, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(settings, keep_here=1)
    with monkeypatch.context() as patched:
        later = timezone.now() + timedelta(days=900)
        patched.setattr(timezone, "now", lambda: later)
        do("backup")
    small.ask("UPDATE accounts_user SET username = 'today'")
    do("backup")
    small.ask("UPDATE accounts_user SET username = 'since'")

    do("restore", "--latest")

    assert small.ask("SELECT username FROM accounts_user") == [("today",)]
    assert len(listed()) == 1


def test_what_somebody_else_keeps_at_a_place_of_backups_stays(
    small: Small, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "nas").mkdir()
    theirs = tmp_path / "nas" / "holidays.mkv.part"
    theirs.write_bytes(b"half of a film")
    use(settings, off_site=plan.Place("folder", folder=str(tmp_path / "nas")))

    do("backup")

    assert theirs.read_bytes() == b"half of a film"


def test_a_photo_that_cannot_be_read_is_named_and_not_the_place_of_backups(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, opens = small.photo(b"badger"), Path.open

    def is_mine_alone(path: Path, *words: Any, **more: Any) -> Any:
        if path == photo:
            raise PermissionError(errno.EACCES, "Permission denied")
        return opens(path, *words, **more)

    monkeypatch.setattr(Path, "open", is_mine_alone)

    assert fails("backup") == f"{photo} cannot be used: Permission denied."


def test_a_disk_that_has_no_room_for_the_copy_of_the_database_is_full_and_the_database_well(
    small: Small, settings: Any
) -> None:
    small.ask("CREATE TABLE noise AS SELECT randomblob(3000000) AS noise")
    with small_disk(2) as disk:
        use(settings, here=disk)

        assert fails("backup") == f"{disk} is full."


def test_what_was_brought_to_the_other_place_by_half_goes(
    small: Small, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "away").mkdir()
    use(settings, off_site=plan.Place("folder", folder=str(tmp_path / "away")))
    (tmp_path / "away" / "biologidex-20260101T020000.tar.zst.part").write_bytes(b"half")

    do("backup")

    assert not list((tmp_path / "away").glob("*.part"))


def test_a_folder_may_be_called_anything(prepared: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(prepared, tmp_path / "Photos #1 100%25")

    done = subprocess.run(
        [COMMAND, "backup"], env=environment_of(folder), capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert not list(tmp_path.glob("Photos "))


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
