"""Backups of the embedded mode: made, kept, restored, tried out; and what goes wrong with them."""

import errno
import fcntl
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from biologidex.core import jobs
from biologidex.ops import tasks
from biologidex.ops.backup import plan, status, unfinished
from biologidex.ops.backup.retention import to_remove
from media.s3_server import Store, bucket
from ops.small import Small
from running import COMMAND, environment_of


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with every table and nothing in them."""
    folder = tmp_path_factory.mktemp("small") / "data"
    folder.mkdir()
    environment = environment_of(folder, BIOLOGIDEX_ADMIN_HOST=settings.ADMIN_HOST)  # the same tables as ours
    subprocess.run([COMMAND, "migrate", "-v0"], env=environment, check=True)
    return folder


@pytest.fixture
def small(migrated: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Small:
    """An instance of this test's own, which the commands take for theirs."""
    one = Small(migrated, tmp_path / "data")
    for content in (b"kingfisher", b"heron", b"otter"):
        one.photo(content)
    settings.DATA_DIR, settings.MEDIA_ROOT = one.folder, one.media
    settings.BACKUP = plan.Plan(
        here=one.folder / "backups",
        off_site=None,
        public_keys=(),
        keep_here=7,
        keep=30,
        keys=one.folder / "backup-keys",
        secrets=None,
        database="",
    )
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(one.database)}
    monkeypatch.setitem(settings.DATABASES, "default", database)
    return one


def do(name: str, *words: str) -> str:
    out = StringIO()
    call_command(name, *words, stdout=out)
    return out.getvalue()


def fails(*words: str) -> str:
    with pytest.raises(CommandError) as failed:
        do(*words)
    return str(failed.value)


def listed() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(do("backup", "--list", "--json"))
    return found


def archive(small: Small) -> Path:
    """The only one."""
    (found,) = [file for file in (small.folder / "backups").glob("*.tar.zst*") if file.suffix != ".json"]
    return found


def use(settings: Any, **changed: Any) -> None:
    settings.BACKUP = replace(settings.BACKUP, **changed)


@pytest.fixture
def key(tmp_path: Path, settings: Any, small: Small) -> Path:
    """The operator's private key. Backups are sealed to its public half."""
    identity = pyrage.x25519.Identity.generate()
    file = tmp_path / "operator.key"
    file.write_text(f"# created by age-keygen\n{identity}\n")
    use(settings, public_keys=(str(identity.to_public()),))
    return file


def test_what_was_lost_comes_back_row_for_row_and_byte_for_byte(small: Small) -> None:
    photos, secret_key = small.contents(), (small.folder / "secret_key").read_bytes()
    do("backup")
    small.ask("DELETE FROM media_photo")
    shutil.rmtree(small.media)
    (small.folder / "secret_key").write_text("another")

    said = do("restore", "--latest")

    assert small.ask("SELECT count(*) FROM media_photo") == [(3,)]
    assert small.contents() == photos
    assert len(photos) == 3
    assert (small.folder / "secret_key").read_bytes() == secret_key
    assert (small.folder / "secret_key").stat().st_mode & 0o077 == 0
    assert "It is whole" in said


def test_what_was_there_before_a_restore_is_kept_aside(small: Small) -> None:
    do("backup")
    small.ask("UPDATE accounts_user SET username = 'renamed'")
    small.photo(b"new since then")

    do("restore", "--latest")

    (aside,) = small.folder.glob("replaced-*")
    with sqlite3.connect(aside / small.database.name) as before:
        assert before.execute("SELECT username FROM accounts_user").fetchall() == [("renamed",)]
    assert b"new since then" in {file.read_bytes() for file in aside.rglob("original.jpg")}
    assert small.ask("SELECT username FROM accounts_user") == [("ann",)]


def test_a_backup_that_is_made_while_others_write_is_of_one_moment(small: Small) -> None:
    with sqlite3.connect(small.database) as writing:  # a transaction that has not ended
        writing.execute("PRAGMA journal_mode=WAL")
        writing.execute("UPDATE accounts_user SET username = 'half'")
        do("backup")
        writing.rollback()

    do("restore", "--latest")

    assert small.ask("SELECT username FROM accounts_user") == [("ann",)]


def test_the_state_of_a_time_comes_back_from_the_newest_backup_that_is_older(small: Small) -> None:
    do("backup")
    small.photo(b"second")
    do("backup")
    between = datetime.now(UTC).isoformat()
    small.photo(b"third")
    do("backup")

    do("restore", "--at", between)

    assert small.ask("SELECT count(*) FROM media_photo") == [(4,)]
    assert "the first is of" in fails("restore", "--at", "2020-01-01T00:00:00")
    with pytest.raises(CommandError, match="is no time like"):
        do("restore", "--at", "yesterday")


def test_it_can_be_restored_on_another_machine_with_the_private_key_alone(
    small: Small, key: Path, settings: Any, tmp_path: Path
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    use(settings, off_site=plan.Place("folder", folder=str(away)))
    do("backup")
    photos = small.contents()
    shutil.rmtree(small.folder)  # and with it the keys of this machine
    small.folder.mkdir()

    do("restore", "--latest", "--identity", str(key))

    assert small.people() == 1
    assert small.contents() == photos


def test_a_sealed_backup_shows_nothing_and_opens_with_no_other_key(
    small: Small, key: Path, tmp_path: Path
) -> None:
    do("backup")
    shutil.rmtree(small.folder / "backup-keys")
    other = tmp_path / "other.key"
    other.write_text(str(pyrage.x25519.Identity.generate()))

    content = archive(small).read_bytes()

    assert content.startswith(b"age-encryption.org/v1")
    assert b"ann@example.org" not in content
    assert "is sealed to other keys than that in" in fails("restore", "--latest", "--identity", str(other))
    assert "--identity FILE" in fails("restore", "--latest")
    other.write_text("nonsense")
    assert "is no private key" in fails("restore", "--latest", "--identity", str(other))
    assert small.people() == 1
    assert not list(small.folder.glob("replaced-*"))


def test_without_a_key_it_says_that_the_backup_is_open(small: Small) -> None:
    assert "whoever gets hold of this backup can read it" in do("backup")


def test_secrets_are_only_backed_up_sealed(small: Small, settings: Any, tmp_path: Path, request: Any) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "biologidex_metrics_token").write_text("token-of-the-operator")
    use(settings, secrets=tmp_path / "secrets")
    do("backup")
    do("restore", "--latest", "--into", str(tmp_path / "open"))
    request.getfixturevalue("key")
    do("backup")
    do("restore", "--latest", "--into", str(tmp_path / "sealed"))

    assert not (tmp_path / "open" / "secrets").exists()
    kept = tmp_path / "sealed" / "secrets" / "biologidex_metrics_token"
    assert kept.read_text() == "token-of-the-operator"


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
    do("backup")

    assert "is missing in the backup" in fails("drill")


def test_a_drill_measures_and_remembers_for_monitoring(small: Small) -> None:
    do("backup")
    outcome = json.loads(do("drill", "--json"))

    drill = status.read().drill
    assert (outcome["photos"], outcome["place"]) == (3, "here")
    assert outcome["rows"] > 3
    assert 0 < drill.rto_seconds < 300
    assert 0 <= drill.rpo_seconds < 300
    assert not drill.failed
    assert drill.verified_backups == {"here": archive(small).name}
    assert status.read().parts["media"].bytes == len(b"kingfisherheronotter")


def test_without_any_backup_drill_and_restore_say_so(small: Small) -> None:
    assert "There is no backup at" in fails("drill")
    assert "There is no backup at" in fails("restore", "--latest")


@pytest.mark.slow
def test_after_forty_nights_there_are_seven_here_thirty_away_and_the_last_verified(
    small: Small, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "away").mkdir()
    use(settings, off_site=plan.Place("folder", folder=str(tmp_path / "away")))
    do("backup")
    do("drill")
    verified = status.read().drill.verified_backups["here"]
    for _ in range(40):
        do("backup")

    here = [one["backup"] for one in listed() if one["place"] == "here"]
    away = [one["backup"] for one in listed() if one["place"] == "off_site"]
    assert (len(here), len(away)) == (8, 31)
    assert here[-1] == away[-1] == verified
    assert status.read().kept == {"here": 8, "off_site": 31}
    assert len(list((tmp_path / "away").iterdir())) == 62


def test_only_what_is_more_than_enough_goes() -> None:
    assert to_remove(["c", "b", "a"], keep=3) == []
    assert to_remove(["c", "b", "a"], keep=1, verified="c") == ["b", "a"]
    assert to_remove(["c", "b", "a"], keep=1, verified="a") == ["b"]


def test_a_photo_that_was_deleted_stays_in_the_backups_of_before(small: Small) -> None:
    file = small.photo(b"badger")
    do("backup")
    file.unlink()
    small.ask("DELETE FROM media_photo")
    between = datetime.now(UTC).isoformat()
    do("backup")

    do("restore", "--at", between)

    assert file.read_bytes() == b"badger"


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


def test_every_night_it_is_backed_up_and_tried_out_where_a_place_is_named(
    small: Small, settings: Any, tmp_path: Path
) -> None:
    claim = jobs.Claim(jobs.Job())
    tasks.back_up(claim)
    assert not (small.folder / "backups").exists()
    (tmp_path / "away").mkdir()
    use(settings, off_site=plan.Place("folder", folder=str(tmp_path / "away")))

    tasks.back_up(claim)

    assert {one["place"] for one in listed()} == {"here", "off_site"}
    assert status.read().drill.verified > 0


def test_a_place_that_is_not_there_is_told_and_the_last_success_stays(small: Small, settings: Any) -> None:
    do("backup")
    before = status.read().parts["database"].succeeded
    use(settings, off_site=plan.Place("folder", folder="/nowhere/mounted"))

    assert fails("backup") == "/nowhere/mounted is not there. Is it mounted?"

    assert status.read().failed
    assert status.read().parts["database"].succeeded == before


@pytest.fixture
def store(small: Small, settings: Any) -> Any:
    with bucket() as running:
        use(settings, off_site=plan.place(running.address.replace("?", "/dex?")))
        yield running


def test_backups_go_to_a_bucket_and_come_back_from_it(small: Small, store: Store) -> None:
    do("backup")
    shutil.rmtree(small.folder / "backups")
    small.ask("UPDATE accounts_user SET username = 'since'")

    said = do("restore", "--latest")

    assert "The bucket photos at 127.0.0.1" in said
    assert small.ask("SELECT username FROM accounts_user") == [("ann",)]


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


@pytest.mark.slow
def test_a_backup_of_an_older_version_is_brought_up_to_date(
    small: Small, tmp_path: Path, settings: Any
) -> None:
    environment = environment_of(small.folder)
    back = [COMMAND, "migrate", "-v0", "media", "0005"]
    subprocess.run(back, env=environment, check=True, capture_output=True)
    assert "look" not in {row[1] for row in small.ask("PRAGMA table_info(media_photo)")}
    do("backup")

    do("restore", "--latest")

    assert "look" in {row[1] for row in small.ask("PRAGMA table_info(media_photo)")}
    assert small.ask("SELECT count(*) FROM media_photo") == [(3,)]
