"""The profile `replica` in containers: it streams, is read from, and takes the place of a lost database."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from client import Person
from ops.containers import report
from ops.containers.installation import PODMAN, TOP, Installation
from ops.containers.looks import looks
from pictures import jpeg

pytestmark = [pytest.mark.ops, pytest.mark.timeout(900)]
MOST_SECONDS = 60
PARTS = ("replica", "pgbouncer-replica")
READS = "SELECT coalesce(sum(seq_scan + idx_scan), 0) FROM pg_stat_user_tables WHERE relname = 'dex_entries'"


def ask(installation: Installation, server: str, question: str) -> str:
    """Ask a database over its socket file."""
    command = ("psql", "-h", "/srv/run", "-XAt", "-d", "biologidex", "-c", question)
    return installation.compose("exec", "-T", server, *command).strip()


def wait_until_ready(installation: Installation, patience: float = 120) -> None:
    """Wait until the front door lets people in."""
    end = time.monotonic() + patience
    while httpx.get(f"{installation.address}/ready/", timeout=20).status_code != 200:
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.fixture(scope="module")
def with_replica(installation: Installation) -> Iterator[Installation]:
    """Do what docs/deploy.md says about the replica."""
    state = installation.etc / "compose.env"
    with state.open("a") as file:
        file.write("REPLICA_URL_FILE=/run/secrets/biologidex_replica_url\n")  # pragma: allowlist secret
    profile = ("--profile", "replica")
    web = [installation.name_of(f"web-SIDE-{number}") for number in (1, 2)]
    lines = ["scripts/compose.sh up -d --no-deps replica pgbouncer-replica"]
    lines += [f"scripts/compose.sh up -d --no-deps {one}" for one in web]
    for line in lines:
        told = installation.typed(line, PROFILES="replica")
        assert told.returncode == 0, told.stderr
        if line == lines[0]:
            installation.compose(*profile, "up", "-d", "--no-deps", "--wait", *PARTS)
    wait_until_ready(installation)
    yield installation
    # What was promoted stays the database.
    lines = [line for line in state.read_text().splitlines() if not line.startswith("REPLICA_URL_FILE")]
    state.write_text("\n".join(lines) + "\n")
    installation.compose(*profile, "rm", "-s", "-f", *PARTS)
    installation.compose("up", "-d", "--no-deps", *web)
    wait_until_ready(installation)


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
    end = time.monotonic() + 60
    while ask(with_replica, "db", "SELECT state FROM pg_stat_replication") != "streaming":
        assert time.monotonic() < end
        time.sleep(0.5)


def test_half_of_a_copy_is_made_anew(with_replica: Installation) -> None:
    """The database keeps the place in its log for the copy of before."""
    with_replica.compose("--profile", "replica", "rm", "-s", "-f", "replica")
    volume = with_replica.engine.ask("volume", "inspect", "biologidex_replica", "--format", "{{.Mountpoint}}")
    for last in ("standby.signal", "global/pg_control"):
        (Path(volume) / last).unlink()
    (Path(volume) / "backup_label").touch()

    with_replica.compose("--profile", "replica", "up", "-d", "--no-deps", "--wait", "replica")

    assert ask(with_replica, "db", "SELECT state FROM pg_stat_replication") == "streaming"


def test_lists_are_read_from_it_and_whoever_writes_reads_what_they_wrote(with_replica: Installation) -> None:
    with Person(with_replica.address).sign_up() as ann:
        card = ann.find("Vulpes vulpes", jpeg())["id"]
        before = int(ask(with_replica, "replica", READS))
        for number in range(30):
            ann.patch(f"dex/entries/{card}/", json={"notes": f"note {number}"})
            assert ann.get("dex/entries/my_entries/")["results"][0]["notes"] == f"note {number}"
        end = time.monotonic() + 60
        while (after := int(ask(with_replica, "replica", READS))) == before and time.monotonic() < end:
            ann.get("dex/feed/")

    health = json.dumps(httpx.get(f"{with_replica.address}/api/v1/health/").json())
    assert after > before, health


def test_promoted_it_takes_the_place_of_the_database_within_a_minute_and_nothing_is_lost(
    with_replica: Installation,
) -> None:
    with Person(with_replica.address).sign_up() as ann:
        card = ann.find("Vulpes vulpes", jpeg(), notes="before")["id"]
        begun = time.monotonic()
        with_replica.engine.ask("kill", with_replica.containers()["db"])
        told = with_replica.engine.run(
            "sh",
            str(TOP / "scripts/promote.sh"),
            check=False,
            BIOLOGIDEX_ETC=str(with_replica.etc),
            COMPOSE_MORE=str(PODMAN),
        )
        assert told.returncode == 0, told.stdout + told.stderr
        wait_until_ready(with_replica)
        took = time.monotonic() - begun
        ann.patch(f"dex/entries/{card}/", json={"notes": "after"})
        kept = ann.get(f"dex/entries/{card}/")

    report.note("replica", "Killed database, replica promoted, people let in again", f"after {took:.0f} s")
    assert kept["notes"] == "after"
    assert ask(with_replica, "db", "SELECT pg_is_in_recovery()") == "f"
    assert took < MOST_SECONDS
