"""The profile `replica` in containers: streams, is read, takes the place of a lost database, and follows a restore."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from client import Person
from ops.containers import report
from ops.containers.installation import Installation
from ops.containers.looks import looks
from ops.containers.replicas import (
    READS,
    ask,
    follow,
    volume_of,
    wait_until_it_streams,
    wait_until_ready,
)
from pictures import jpeg

pytestmark = [pytest.mark.ops, pytest.mark.timeout(900)]
MOST_SECONDS = 60
ARCHIVED_WITHIN = 120  # seconds


def until_it_is_read(installation: Installation, ann: Person) -> None:
    """Ask for lists until one comes from the replica."""
    before, end = int(ask(installation, "replica", READS)), time.monotonic() + 60
    while int(ask(installation, "replica", READS)) == before:
        health = json.dumps(httpx.get(f"{installation.address}/api/v1/health/").json())
        assert time.monotonic() < end, health
        ann.get("dex/feed/")


def test_it_streams_over_an_encrypted_connection(with_replica: Installation) -> None:
    asked = "SELECT r.state, s.ssl FROM pg_stat_replication r JOIN pg_stat_ssl s USING (pid)"

    assert ask(with_replica, "db", asked) == "streaming|t"
    assert ask(with_replica, "replica", "SELECT pg_is_in_recovery()") == "t"


@pytest.mark.parametrize("command", looks("replica"))
def test_where_the_docs_say_to_look_there_is_something_to_see(
    with_replica: Installation, command: str
) -> None:
    with_replica.look(command, "replica")


def test_it_streams_again_after_it_was_started_anew(with_replica: Installation) -> None:
    with_replica.compose(
        "--profile", "replica", "up", "-d", "--no-deps", "--force-recreate", "--wait", "replica"
    )
    wait_until_it_streams(with_replica)


def test_half_of_a_copy_is_made_anew(with_replica: Installation) -> None:
    """The database keeps the place in its log for the copy of before."""
    with_replica.compose("--profile", "replica", "rm", "-s", "-f", "replica")
    volume = with_replica.engine.ask(
        "volume", "inspect", volume_of(with_replica), "--format", "{{.Mountpoint}}"
    )
    for last in ("standby.signal", "global/pg_control"):
        (Path(volume) / last).unlink()
    (Path(volume) / "backup_label").touch()

    with_replica.compose("--profile", "replica", "up", "-d", "--no-deps", "--wait", "replica")

    assert ask(with_replica, "db", "SELECT state FROM pg_stat_replication") == "streaming"


def test_lists_are_read_from_it_and_whoever_writes_reads_what_they_wrote(with_replica: Installation) -> None:
    with Person(with_replica.address).sign_up() as ann:
        card = ann.find("Vulpes vulpes", jpeg())["id"]
        for number in range(30):
            ann.patch(f"dex/entries/{card}/", json={"notes": f"note {number}"})
            assert ann.get("dex/entries/my_entries/")["results"][0]["notes"] == f"note {number}"
        until_it_is_read(with_replica, ann)


@pytest.fixture(scope="module")
def anns(with_replica: Installation, backed_up: Installation) -> Iterator[tuple[Person, str]]:
    """Ann and a card of hers, on a server that is backed up."""
    with Person(backed_up.address).sign_up() as ann:
        yield ann, ann.find("Vulpes vulpes", jpeg())["id"]


def test_promoted_it_takes_the_place_of_the_database_within_a_minute_and_nothing_is_lost(
    with_replica: Installation, anns: tuple[Person, str]
) -> None:
    ann, card = anns
    ann.patch(f"dex/entries/{card}/", json={"notes": "before"})
    begun = time.monotonic()
    with_replica.engine.ask("kill", with_replica.containers()["db"])
    told = with_replica.script("promote.sh")
    assert told.returncode == 0, told.stdout + told.stderr
    wait_until_ready(with_replica)
    took = time.monotonic() - begun

    report.note("replica", "Killed database, replica promoted, people let in again", f"after {took:.0f} s")
    assert ann.get(f"dex/entries/{card}/")["notes"] == "before"
    assert ask(with_replica, "db", "SELECT pg_is_in_recovery()") == "f"
    assert took < MOST_SECONDS


def test_another_one_follows_what_was_promoted(with_replica: Installation, anns: tuple[Person, str]) -> None:
    ann, card = anns
    told = with_replica.typed(f"docker volume rm {volume_of(with_replica)}")
    assert told.returncode == 0, told.stderr

    follow(with_replica)

    wait_until_it_streams(with_replica)
    ann.patch(f"dex/entries/{card}/", json={"notes": "after"})
    until_it_is_read(with_replica, ann)


def test_what_was_written_before_and_after_the_promotion_comes_back_and_a_replica_follows_it(
    with_replica: Installation, anns: tuple[Person, str]
) -> None:
    """No backup was made since: what was promoted has gone on with the log of the one before."""
    ann, card = anns
    wait_until_it_is_archived(with_replica)
    before = with_replica.containers()["replica"], volume_of(with_replica)

    begun = time.monotonic()
    told = with_replica.script("restore.sh")

    assert told.returncode == 0, told.stdout + told.stderr
    wait_until_ready(with_replica)
    back = time.monotonic() - begun
    wait_until_it_streams(with_replica)
    copied = time.monotonic() - begun
    report.note(
        "replica",
        "Restored after a promotion, replica on",
        f"people let in after {back:.0f} s, the replica follows after {copied:.0f} s",
    )
    assert with_replica.containers()["replica"] != before[0]
    assert volume_of(with_replica) != before[1]
    assert ann.get(f"dex/entries/{card}/")["notes"] == "after"
    assert ask(with_replica, "replica", f"SELECT notes FROM dex_entries WHERE id = '{card}'") == "after"
    until_it_is_read(with_replica, ann)
    told = with_replica.script("backup.sh")
    assert told.returncode == 0, told.stdout + told.stderr


def wait_until_it_is_archived(installation: Installation) -> None:
    """Wait until what was written is safe, as it is within a minute."""
    written = ask(installation, "db", "SELECT pg_walfile_name(pg_switch_wal())")
    end = time.monotonic() + ARCHIVED_WITHIN
    while ask(installation, "db", "SELECT last_archived_wal FROM pg_stat_archiver")[:24] < written:
        assert time.monotonic() < end, ask(installation, "db", "TABLE pg_stat_archiver")
        time.sleep(0.5)
