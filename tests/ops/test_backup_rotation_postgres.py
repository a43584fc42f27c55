"""New passwords and keys of backups, by the very commands of docs/backup.md: the new one works, the old one no more."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from secrets import token_urlsafe

import pyrage
import pytest

from ops.backup_list import kept
from ops.site import Site, site
from running import COMMAND

pytestmark = [pytest.mark.ops, pytest.mark.timeout(600)]
DOCS = (Path(__file__).parents[2] / "docs" / "backup.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def one() -> Iterator[Site]:
    with site() as running:
        (running.media / "heron.jpg").write_bytes(b"a heron")
        running.do("backup")
        yield running


def documented(title: str, **names: str) -> str:
    """Return the commands of a paragraph, with what an operator fills in."""
    paragraph = DOCS.partition(f"**{title}**")[2].partition("\n\n**")[0]
    commands = "\n".join(line.strip() for line in re.findall(r"(?m)^    .*$", paragraph))
    assert commands
    for name, value in names.items():
        assert name in commands
        commands = commands.replace(name, value)
    return commands


def by_hand(one: Site, commands: str) -> str:
    done = subprocess.run(
        ["sh", "-euc", commands],
        env=one.environment() | {"PATH": f"{Path(COMMAND).parent}:{os.environ['PATH']}"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_new_password_of_the_role_is_taken_by_setting_up_again(one: Site) -> None:
    one.cluster.passwords["backup"] = token_urlsafe(32)
    one.cluster.make_roles().check_returncode()
    (one.secrets / "backup_database_url").write_text(one.cluster.address("backup"))
    assert "database" in one.fails("backup")

    by_hand(one, documented("The role `biologidex_backup`."))


def test_the_photos_password_is_changed_without_a_moment_in_which_none_opens(one: Site) -> None:
    before = (one.keys / "restic_password").read_text()
    photos = str(one.away / "media")

    remove = "restic --password-file restic_password key remove"
    first, _, last = documented("Photos.", PLACE=str(one.away)).partition(remove)
    assert last == " ID"
    by_hand(one, first)
    one.do("backup")
    words = ["restic", "-r", photos, "--no-cache"]
    told = subprocess.run(
        [*words, "key", "list", "--json"],
        env=os.environ | {"RESTIC_PASSWORD": before},
        check=True,
        capture_output=True,
    ).stdout
    [old] = [key["id"] for key in json.loads(told) if key["current"]]
    by_hand(one, f"cd {one.keys}; export RESTIC_REPOSITORY={photos}; {remove} {old}")

    refused = subprocess.run(
        [*words, "snapshots"], env=os.environ | {"RESTIC_PASSWORD": before}, check=False, capture_output=True
    )
    assert refused.returncode != 0
    one.do("backup")
    one.do("drill")


def test_the_next_envelope_opens_with_the_new_private_key_and_not_with_the_old_one(
    one: Site, tmp_path: Path
) -> None:
    identity = pyrage.x25519.Identity.generate()
    new = tmp_path / "new.key"
    new.write_text(f"{identity}\n")
    one.public_key = str(identity.to_public())

    one.do("backup")

    kept_away = {"BIOLOGIDEX_BACKUP_KEYS_DIR": str(one.folder / "other-keys")}
    words = ("restore", "--latest", "--into", str(one.folder / "looked-at"), "--identity")
    assert "is sealed to other keys" in one.fails(*words, str(one.key), **kept_away)
    one.do(*words, str(new), **kept_away)
    shutil.rmtree(one.folder / "looked-at")


def test_a_new_key_of_the_database_s_repository_begins_a_new_one_and_the_old_one_stays(one: Site) -> None:
    old = kept(one, "off_site")
    key = (one.keys / "pgbackrest.conf").read_text()

    by_hand(one, documented("The database's backups.", PLACE=str(one.away)))

    assert (one.keys / "pgbackrest.conf").read_text() != key
    assert not set(kept(one, "off_site")) & set(old)
    assert {file.name for file in (one.away / "postgres-before/backup/biologidex").iterdir()} > set(old)
    assert (one.keys / "pgbackrest.before.conf").read_text() == key


def test_another_place_gets_everything_from_now_on_and_the_key_of_before_is_kept(one: Site) -> None:
    key = (one.keys / "pgbackrest.conf").read_text()
    elsewhere = one.away.with_name("elsewhere")
    elsewhere.mkdir()
    elsewhere.chmod(0o711)
    one.told["BIOLOGIDEX_BACKUP_URL"] = str(elsewhere)

    by_hand(one, documented("Another place."))

    assert len(kept(one, "off_site")) == 1
    assert {file.name for file in elsewhere.iterdir()} == {"postgres", "media", "envelopes"}
    [before] = one.keys.glob("pgbackrest.before-*.conf")
    assert before.read_text() == key
