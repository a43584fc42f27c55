"""scripts/promote.sh as an operator calls it, with a docker that is a replica until it is promoted."""

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "promote.sh"
STATE = "SERVER_NAMES=localhost\nSERVICES=1\nBLUE=0.1.0\nGREEN=0.1.0\nRELEASE=0.1.0\nOPEN=blue\n"
DOCKER = """#!/bin/sh
echo "$*" >> {folder}/asked
{on_any}
case "$*" in
    *" replica psql"*"SELECT pg_is_in_recovery"*) if test -e {folder}/promoted; then echo f; else echo t; fi ;;
    *pg_promote*) touch {folder}/promoted; {then}; echo t ;;
    *" stop db") touch {folder}/stopped ;;
    *" start db" | *" up "*" db") rm -f {folder}/stopped ;;
    *" db psql"*) test ! -e {folder}/stopped && echo t ;;
esac
"""


class Host:
    """A server with a replica."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.etc = folder, folder / "etc"
        self.etc.mkdir()
        (self.etc / "compose.env").write_text(STATE)

    def promote(self, *words: str, then: str = ":", on_any: str = ":") -> subprocess.CompletedProcess[str]:
        """Run it. `then` is what happens when the replica has become a database of its own."""
        docker = self.folder / "docker"
        docker.write_text(DOCKER.format(folder=self.folder, then=then, on_any=on_any))
        docker.chmod(0o755)
        return subprocess.run(
            ["sh", "-c", f'echo $$ > {self.folder}/script; exec sh "$@"', "sh", str(SCRIPT), *words],
            env={"PATH": f"{self.folder}:{os.environ['PATH']}", "BIOLOGIDEX_ETC": str(self.etc)},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def asked(self) -> str:
        return (self.folder / "asked").read_text()

    @property
    def state(self) -> dict[str, str]:
        lines = (self.etc / "compose.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def swapped(host: Host) -> bool:
    return (host.state.get("PRIMARY_VOLUME"), host.state.get("REPLICA_VOLUME")) == ("replica", "postgres")


def test_the_volumes_change_their_places_once_the_replica_is_a_database(host: Host) -> None:
    told = host.promote()

    steps = ["stop db", "pg_promote", "stop replica", "up -d --no-deps db"]
    places = [host.asked.index(step) for step in steps]
    assert told.returncode == 0, told.stderr
    assert places == sorted(places)
    assert swapped(host)
    assert "PROMOTING" not in host.state


def test_what_backs_up_reads_the_files_of_the_database_that_is_there_now(host: Host) -> None:
    (host.etc / "compose.env").write_text(f"{STATE}PROFILES=backup replica\n")

    told = host.promote()

    assert told.returncode == 0, told.stderr
    assert host.asked.index("up -d --no-deps db") < host.asked.index("up -d --no-deps backup")


def test_where_nothing_backs_up_nothing_begins_to(host: Host) -> None:
    host.promote()

    assert "--no-deps backup" not in host.asked


def test_a_dry_run_changes_nothing(host: Host) -> None:
    told = host.promote("--dry-run")

    assert told.returncode == 0, told.stderr
    assert (host.etc / "compose.env").read_text() == STATE
    assert "stop" not in host.asked


def test_killed_when_the_replica_has_just_become_one_the_next_call_goes_on(host: Host) -> None:
    host.promote(then=f"kill -KILL $(cat {host.folder}/script); sleep 0.2")
    assert not swapped(host)

    told = host.promote()

    assert told.returncode == 0, told.stderr
    assert swapped(host)
    assert "PROMOTING" not in host.state


def test_who_went_back_to_the_database_of_before_does_not_lose_what_was_written_since(host: Host) -> None:
    """The replica became a database of its own only when nobody waited for that any more."""
    assert host.promote(then="echo f; exit").returncode == 1
    (host.folder / "stopped").unlink()
    asked_before = len(host.asked)

    told = host.promote()

    assert told.returncode == 1
    assert "nothing was done" in told.stderr
    assert "stop db" not in host.asked[asked_before:]
    assert not swapped(host)


def test_a_replica_that_does_not_start_is_told_with_the_way_on_and_back(host: Host) -> None:
    told = host.promote(on_any='case "$*" in *" up "*replica) exit 1 ;; esac')

    assert told.returncode == 1
    assert "call this again" in told.stderr
    assert "scripts/compose.sh start db" in told.stderr


def test_without_a_replica_nothing_is_done(host: Host) -> None:
    (host.folder / "promoted").touch()

    told = host.promote()

    assert told.returncode == 1
    assert "nothing was done" in told.stderr
    assert (host.etc / "compose.env").read_text() == STATE


def test_it_does_not_run_beside_a_deployment_or_a_restore(host: Host) -> None:
    with (host.etc / "deploy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = host.promote()

    assert told.returncode == 4
    assert (host.etc / "compose.env").read_text() == STATE
