"""What pgBackRest is told when backups are to go to another place than before, and whose its folders are."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from biologidex.ops.backup import pgbackrest, plan, recovering

SERVER = pgbackrest.Server(Path("/data"), Path("/run"), 5432, "backup", "biologidex", "")
BUCKET = "s3://key:first@bucket.example.org/dex/one"  # pragma: allowlist secret


def settled(address: str) -> plan.Plan:
    """Return a plan that keeps backups there, too."""
    return plan.Plan(
        here=Path("/backups"),
        off_site=plan.place(address),
        public_keys=(),
        keep_here=7,
        keep=30,
        keys=Path("/keys"),
        secrets=None,
        database="",
    )


def told(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def test_a_place_that_is_named_later_gets_a_repository_and_the_one_here_keeps_its_key() -> None:
    before = pgbackrest.configuration(settled(""), SERVER)

    after = pgbackrest.brought_up_to_date(before, settled("/srv/away"))

    assert told(after).items() > told(before).items()
    assert told(after)["repo2-path"] == "/srv/away/postgres"
    assert after.index("repo2-") < after.index("[biologidex]"), "not of the stanza"


@pytest.mark.parametrize("elsewhere", ["/srv/away", BUCKET.replace("one", "two")])
def test_another_place_begins_with_another_key(elsewhere: str) -> None:
    before = pgbackrest.configuration(settled(BUCKET), SERVER)

    after = told(pgbackrest.brought_up_to_date(before, settled(elsewhere)))

    assert after["repo2-cipher-pass"] != told(before)["repo2-cipher-pass"]
    assert after["repo1-cipher-pass"] == told(before)["repo1-cipher-pass"]
    assert after == told(pgbackrest.configuration(settled(elsewhere), SERVER)) | {
        name: after[name] for name in after if name.endswith("cipher-pass")
    }


def test_a_bucket_s_new_key_opens_the_repository_that_is_there() -> None:
    before = pgbackrest.configuration(settled(BUCKET), SERVER)

    after = pgbackrest.brought_up_to_date(before, settled(BUCKET.replace("first", "second")))

    assert told(after) == told(before) | {"repo2-s3-key-secret": "second"}  # pragma: allowlist secret


@pytest.mark.parametrize("address", [BUCKET, ""], ids=["the same place", "none is said"])
def test_nothing_is_changed_for_nothing(address: str) -> None:
    before = pgbackrest.configuration(settled(BUCKET), SERVER).replace("process-max=2", "process-max=4")

    assert pgbackrest.brought_up_to_date(before, settled(address)) == before


def test_the_one_here_is_where_it_was_even_if_its_folder_is_named_anew() -> None:
    before = pgbackrest.configuration(settled("/srv/away"), SERVER)

    after = pgbackrest.brought_up_to_date(before, replace(settled("/srv/away"), here=Path("/elsewhere")))

    assert after == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root restores for another account")
def test_what_root_has_made_while_it_restored_is_whose_who_backs_up(tmp_path: Path, settings: Any) -> None:
    here, keys = tmp_path / "backups", tmp_path / "keys"
    for folder in (here, keys):
        (folder / "cache").mkdir(parents=True)
        (folder / "cache" / "password").touch(mode=0o600)
        os.chown(folder, 999, 10001)
    (keys / "theirs").touch()
    os.chown(keys / "theirs", 999, 999)
    settings.BACKUP = replace(settings.BACKUP, here=here, keys=keys)

    recovering.give_back()

    made = [one for folder in (here, keys) for one in (folder / "cache", folder / "cache" / "password")]
    assert {(one.stat().st_uid, one.stat().st_gid) for one in made} == {(999, 10001)}
    assert (keys / "theirs").stat().st_gid == 999


@pytest.mark.skipif(os.geteuid() != 0, reason="only root restores for another account")
def test_a_folder_of_photos_that_root_had_to_make_is_whose_the_data_are(
    tmp_path: Path, settings: Any
) -> None:
    settings.BACKUP = replace(settings.BACKUP, here=tmp_path / "backups", keys=tmp_path / "keys")
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "data" / "media"
    (settings.MEDIA_ROOT / "photos").mkdir(parents=True)
    os.chown(settings.DATA_DIR, 10001, 10001)

    recovering.give_back()

    assert (settings.MEDIA_ROOT.stat().st_uid, settings.MEDIA_ROOT.stat().st_gid) == (10001, 10001)
