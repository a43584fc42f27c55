"""Restores of PostgreSQL one after the other, and from what is not whole: what a time was stays what it was."""

import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ops.site import SOON, Site, site

pytestmark = [pytest.mark.ops, pytest.mark.timeout(600)]


@pytest.fixture
def one() -> Iterator[Site]:
    with site() as running:
        running.ask("CREATE TABLE notes (n int PRIMARY KEY)")
        running.do("backup")
        yield running


def note(one: Site, number: int) -> str:
    """Write a row. Returns the time after it."""
    one.ask(f"INSERT INTO notes VALUES ({number})")
    time.sleep(1.1)
    after = datetime.now(UTC).isoformat()
    time.sleep(1.1)
    return after


def notes(one: Site) -> str:
    return one.ask("SELECT string_agg(n::text, ' ' ORDER BY n) FROM notes")


def archived(one: Site) -> None:
    one.ask("SELECT pg_switch_wal()")
    time.sleep(SOON + 1)


def restore(one: Site, *words: str) -> None:
    one.cluster.program.stop()
    shutil.move(one.cluster.data, one.folder / f"before-{time.time_ns()}")
    one.do("restore", *words)
    one.cluster.program.start()


def test_who_went_back_too_far_gets_a_later_time_as_it_was_then(one: Site) -> None:
    first = note(one, 1)
    second = note(one, 2)
    note(one, 3)
    archived(one)
    restore(one, "--at", first)
    note(one, 4)
    archived(one)
    assert notes(one) == "1 4"

    restore(one, "--at", second)

    assert notes(one) == "1 2"
    note(one, 5)
    archived(one)

    restore(one, "--latest")

    assert notes(one) == "1 2 5"


def test_a_backup_of_what_was_undone_is_not_what_the_newest_begins_with(one: Site) -> None:
    first = note(one, 1)
    note(one, 2)
    one.do("backup")
    restore(one, "--at", first)
    note(one, 3)
    archived(one)

    restore(one, "--latest")

    assert notes(one) == "1 3"


def damage(one: Site) -> None:
    """Flip a byte in each file that the backups on this machine have of the database."""
    for file in (one.folder / "backups" / "postgres" / "backup").glob("*/2*/bundle/*"):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)


def test_what_is_damaged_here_comes_back_from_another_place_and_is_listed_without_it(one: Site) -> None:
    note(one, 1)
    archived(one)
    damage(one)
    one.cluster.program.stop()
    shutil.move(one.cluster.data, one.folder / "before")

    assert "What is backed up ends before that time" in one.fails("restore", "--at", "2999-01-01T00:00:00")
    told = one.do("restore", "--latest")
    one.cluster.program.start()

    assert notes(one) == "1"
    assert "does not match expected checksum" in told
    assert "off_site into" in told
    one.cluster.program.stop()
    one.away.rename(one.away.with_name("unmounted"))
    assert "Left out: off_site" in (listed := one.do("backup", "--list"))
    assert "here" in listed
    shutil.rmtree(one.folder / "backups" / "postgres")
    shutil.rmtree(one.cluster.data)
    told = one.fails("restore", "--latest")
    assert "Is it mounted?" in told
    assert told.count("Left out: ") == 2
