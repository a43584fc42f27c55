"""A backup is whole when every photo that its database speaks of is in it; nothing takes another for one."""

import shutil
from typing import Any

import pytest

from biologidex.ops.backup import status, unfinished
from ops.small import Small, do, fails, listed, use


def test_no_backup_is_made_of_half_a_restore(small: Small) -> None:
    do("backup")
    (small.folder / unfinished.MARK).touch()
    small.media.rename(small.folder / "replaced-1")

    assert "was interrupted. Run `biologidex restore` again" in fails("backup")

    assert len(listed()) == 1
    assert status.read().failed


def test_no_backup_is_made_where_all_photos_are_gone(small: Small) -> None:
    do("backup")
    shutil.rmtree(small.media)

    assert f"None of the 3 photos that the database speaks of is in {small.media}." in fails("backup")

    assert len(listed()) == 1
    assert len(list((small.folder / "backups").glob("biologidex-*"))) == 2


def test_a_backup_that_lacks_a_photo_is_made_and_told_and_a_failure(small: Small) -> None:
    small.photo(b"badger").unlink()

    assert "lacks 1 of 4 photos that its database speaks of: photos/" in fails("backup")

    assert [one["backup"].endswith("-lacking.tar.zst") for one in listed()] == [True]
    assert status.read().failed


def test_backups_that_lack_photos_do_not_drive_out_whole_ones(small: Small, settings: Any) -> None:
    use(settings, keep_here=2)
    for _ in range(2):
        do("backup")
    whole = {one["backup"] for one in listed()}
    small.photo(b"badger").unlink()

    for _ in range(3):
        fails("backup")

    assert len(listed()) == 4
    assert whole < {one["backup"] for one in listed()}


def test_what_lacks_photos_is_restored_only_by_whoever_says_so(small: Small) -> None:
    small.photo(b"badger").unlink()
    fails("backup")
    small.ask("UPDATE accounts_user SET username = 'since'")

    told = fails("restore", "--latest")
    assert "lacks 1 of 4 photos" in told
    assert "--incomplete" in told
    assert small.ask("SELECT username FROM accounts_user") == [("since",)]
    assert not list(small.folder.glob("replaced-*"))

    said = do("restore", "--latest", "--incomplete")
    assert "lacks 1 of 4 photos" in said
    assert "It is whole" not in said
    assert small.ask("SELECT username FROM accounts_user") == [("ann",)]


@pytest.mark.parametrize("gone", ["kingfisher", "all"])
def test_photos_in_a_bucket_are_not_missed(small: Small, monkeypatch: pytest.MonkeyPatch, gone: str) -> None:
    monkeypatch.setattr("biologidex.ops.backup.places.has_photos", lambda: False)
    for file in [one for one in small.media.rglob("*.jpg") if gone == "all" or one.read_text() == gone]:
        file.unlink()

    do("backup")

    assert "It is whole" in do("restore", "--latest")
