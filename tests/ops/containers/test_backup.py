"""A server in containers is backed up by itself, and comes back from that: after a lost disk, and as it was before."""

import json
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx2 as httpx
import pytest

from client import Person
from ops.containers import report
from ops.containers.backups import away, identity, lose_everything, photos_may_come, public_key
from ops.containers.installation import RELEASE, Installation
from ops.containers.looks import looks
from pictures import jpeg

pytestmark = [pytest.mark.ops, pytest.mark.timeout(1200)]
MOST_LOST, BACK_WITHIN = 60.0, 1800.0  # seconds
MARK = "INSERT INTO markers VALUES (clock_timestamp())"


def ask(installation: Installation, statement: str) -> str:
    words = ("psql", "-h", "/srv/run", "-XAtq", "-d", "biologidex", "-c", statement)
    return installation.compose("exec", "-T", "db", *words).strip()


def until_ready(installation: Installation) -> None:
    end = time.monotonic() + 120
    while True:
        if httpx.get(f"{installation.address}/ready/").status_code == 200:
            return
        assert time.monotonic() < end, installation.compose(
            "logs", "--tail", "5", installation.name_of("web-SIDE-1"), "pgbouncer", "db"
        )
        time.sleep(0.5)


def test_the_first_backup_is_made_and_tried_out_by_itself(backed_up: Installation) -> None:
    listed = json.loads(backed_up.script("backup.sh", "--list", "--json").stdout)

    assert {one["place"] for one in listed} == {"here", "off_site"}
    assert (away(backed_up) / "postgres").is_dir()


@pytest.mark.parametrize("command", looks("backup"))
def test_where_the_docs_say_to_look_there_is_something_to_see(backed_up: Installation, command: str) -> None:
    backed_up.look(command)


def test_setting_it_up_again_changes_nothing(backed_up: Installation) -> None:
    # Podman names networks otherwise than Compose expects, which makes every container anew: they tell nothing here.
    before = backed_up.contents()

    told = backed_up.script("setup-backups.sh", public_key(backed_up), str(away(backed_up)))

    assert told.returncode == 0, told.stderr
    assert backed_up.contents() == before
    until_ready(backed_up)


def test_an_upgrade_takes_what_backs_up_along(backed_up: Installation) -> None:
    backed_up.another_release("1.8.0")

    told = backed_up.deploy("--watch", "5", "1.8.0")

    assert told.returncode == 0, told.stdout + told.stderr
    assert "Backups are made by 1.8.0 from now on" in told.stdout
    assert backed_up.script("compose.sh", "exec", "backup", "cat", "/app/VERSION").stdout.strip() == "1.8.0"
    told = backed_up.script("backup.sh")
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_deleted_database_comes_back_but_for_a_minute_at_most(backed_up: Installation) -> None:
    ask(backed_up, "CREATE TABLE IF NOT EXISTS markers (at timestamptz PRIMARY KEY)")
    with Person(backed_up.address).sign_up() as ann:
        card = ann.find("Vulpes vulpes", jpeg())["id"]
        loop = f"for i in $(seq 100); do psql -h /srv/run -XAtq -d biologidex -c '{MARK}'; sleep 1; done"
        backed_up.compose("exec", "-T", "db", "sh", "-c", loop)

        killed = time.time()
        container = backed_up.containers()["db"]
        backed_up.engine.ask("kill", "--signal", "KILL", container)
        backed_up.engine.ask("rm", "-f", container)
        volume = backed_up.engine.ask(
            "volume", "inspect", "biologidex_postgres", "--format", "{{.Mountpoint}}"
        )
        for one in Path(volume).iterdir():
            shutil.rmtree(one) if one.is_dir() else one.unlink()
        told = backed_up.script("restore.sh")
        assert told.returncode == 0, told.stdout + told.stderr
        until_ready(backed_up)
        back = time.time() - killed

        lost = killed - float(ask(backed_up, "SELECT extract(epoch FROM max(at)) FROM markers"))
        report.note(
            "backup", "The database killed and deleted", f"back after {back:.0f} s, {lost:.0f} s lost"
        )
        assert lost <= MOST_LOST
        assert back <= BACK_WITHIN
        assert ann.get(f"dex/entries/{card}/")["id"] == card


def test_rows_that_were_deleted_come_back_from_a_moment_before(backed_up: Installation) -> None:
    with Person(backed_up.address).sign_up() as ann:
        card = ann.find("Vulpes vulpes", jpeg())["id"]
        told = backed_up.script("backup.sh")
        assert told.returncode == 0, told.stdout + told.stderr
        time.sleep(2)
        moment = datetime.now(UTC)
        time.sleep(2)
        ask(backed_up, "DELETE FROM markers")
        told = backed_up.script("rotate-secret.sh", "owner_password")
        assert told.returncode == 0, told.stdout + told.stderr

        told = backed_up.script("restore.sh", "--at", f"{moment:%Y-%m-%dT%H:%M:%S}")

        assert told.returncode == 0, told.stdout + told.stderr
        until_ready(backed_up)
        assert int(ask(backed_up, "SELECT count(*) FROM markers")) >= 40
        assert ann.get(f"dex/entries/{card}/")["id"] == card
        login = "PGPASSWORD=$(cat /run/secrets/biologidex_owner_password) psql -h 127.0.0.1 -XAtc 'SELECT 1'"
        as_now = f"{login} -U biologidex_owner -d biologidex"
        assert backed_up.compose("exec", "-T", "db", "sh", "-c", as_now).strip() == "1"
    ask(backed_up, "DROP TABLE markers")


def test_a_restore_that_cannot_be_done_leaves_the_server_as_it_was(backed_up: Installation) -> None:
    told = backed_up.script("restore.sh", "--at", "2001-01-01T00:00:00")

    assert told.returncode == 1
    assert "There is no backup of PostgreSQL of that time" in told.stderr
    until_ready(backed_up)


def test_a_new_machine_gets_everything_back_with_the_place_and_the_private_key(
    backed_up: Installation,
) -> None:
    with Person(backed_up.address).sign_up() as ann:
        card = ann.find("Vulpes vulpes", jpeg())["id"]
        job = ann.outcome(ann.send_photo(jpeg(90, 60))["id"])
        told = backed_up.script("backup.sh")
        assert told.returncode == 0, told.stdout + told.stderr

        lose_everything(backed_up)
        with (backed_up.etc / "compose.env").open("a") as file:
            file.write(f"BACKUP_AWAY={away(backed_up)}\n")
        begun = time.monotonic()
        words = ("--version", RELEASE, "--from", "/srv/away", "--identity", str(identity(backed_up)))
        told = backed_up.script("restore.sh", *words)
        assert told.returncode == 0, told.stdout + told.stderr
        told = backed_up.set_up()
        assert told.returncode == 0, told.stdout + told.stderr
        until_ready(backed_up)
        report.note(
            "backup", "A new machine, with its images, serves", f"after {time.monotonic() - begun:.0f} s"
        )

        # Whoever was signed in still is, and photos are there and may come.
        assert photos_may_come(backed_up)
        assert ann.get(f"dex/entries/{card}/")["id"] == card
        photo = (
            f"{backed_up.address}{httpx.URL(ann.outcome(job['id'])['dex_compatible_url']).raw_path.decode()}"
        )
        assert httpx.get(photo).status_code == 200
