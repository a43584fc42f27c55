"""A replica of what the database was before it was restored: further than it, and not its."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from running import COMMAND
from stack.cluster import Cluster, cluster

pytestmark = pytest.mark.stack
ASK = "from biologidex.core import replica\nwith replica.reading() as usable: print(usable)"
MEGABYTES = 20


@pytest.fixture(scope="module")
def before() -> Iterator[Cluster]:
    """Run the database as it was."""
    with cluster() as server:
        server.make_roles()
        yield server


def following(server: Cluster, folder: Path, name: str) -> Iterator[Cluster]:
    follower = Cluster(folder, name=name)
    follower.follow(server)
    follower.program.start()
    yield follower
    follower.program.stop()


@pytest.fixture(scope="module")
def database(before: Cluster) -> Iterator[Cluster]:
    """Run the database as it is: its history has parted from that of before."""
    yield from following(before, before.folder / "now", "now")


@pytest.fixture(scope="module")
def replica(before: Cluster) -> Iterator[Cluster]:
    """Run a replica of before."""
    yield from following(before, before.folder / "replica", "replica")


def is_read(database: Cluster, replica: Cluster) -> bool:
    """Say whether a server with both would read the replica."""
    where = {
        "BIOLOGIDEX_DATABASE_URL": database.address("app"),
        "BIOLOGIDEX_REPLICA_URL": replica.address("app"),
    }
    told = subprocess.run(
        [COMMAND, "shell", "--no-imports", "-c", ASK],
        env=os.environ | where,
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip() == "True"


def test_it_is_not_read_however_far_it_is(before: Cluster, database: Cluster, replica: Cluster) -> None:
    assert is_read(before, replica)  # as long as it is its
    assert database.administrate("SELECT pg_promote()") == "t"
    write = f"CREATE TABLE much AS SELECT repeat('a', 1000) FROM generate_series(1, {MEGABYTES * 1000})"
    before.administrate(f"{write}; CHECKPOINT")
    far = before.administrate("SELECT pg_current_wal_lsn()")
    while replica.administrate(f"SELECT pg_last_wal_replay_lsn() < '{far}'") == "t":
        pass

    assert not is_read(database, replica)


def test_one_that_was_promoted_is_none(before: Cluster, database: Cluster) -> None:
    assert not is_read(before, database)


def test_a_replica_of_now_is_read(database: Cluster) -> None:
    for replica in following(database, database.folder / "replica", "replica_of_now"):
        assert is_read(database, replica)
