"""Backups of the embedded mode: made, kept, restored, tried out."""

import json
import shutil
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.core.management import CommandError

from biologidex.core import jobs
from biologidex.ops import tasks
from biologidex.ops.backup import plan, status
from biologidex.ops.backup.retention import to_remove
from media.s3_server import Store, bucket
from ops.small import Small, archive, do, fails, listed, use
from running import COMMAND, environment_of
from stack.certificates import certificate


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


def test_backups_go_to_a_bucket_and_come_back_from_it(small: Small, store: Store) -> None:
    do("backup")
    shutil.rmtree(small.folder / "backups")
    small.ask("UPDATE accounts_user SET username = 'since'")

    said = do("restore", "--latest")

    assert "The bucket photos at 127.0.0.1" in said
    assert small.ask("SELECT username FROM accounts_user") == [("ann",)]


@pytest.mark.slow
@pytest.mark.parametrize("is_named", [True, False])
def test_a_bucket_with_a_certificate_by_an_authority_of_ones_own_is_believed_if_that_is_named(
    small: Small, tmp_path: Path, settings: Any, is_named: bool
) -> None:
    made = certificate(tmp_path)
    with bucket(certificate=made.file, key=made.key) as store:
        address = store.address.replace("127.0.0.1", "localhost").replace("&secure=false", "")
        named = f"&authority={made.file}" if is_named else ""
        use(settings, off_site=plan.place(f"{address}{named}"))

        if is_named:
            do("backup")
        else:
            assert "CERTIFICATE_VERIFY_FAILED" in fails("backup")

        assert bool(store.objects) is is_named


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
