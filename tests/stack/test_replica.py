"""Reads from the replica: as fresh as from the primary, whatever befalls the replica."""

import time
from collections.abc import Iterator

import pytest

from client import Person
from pictures import jpeg
from stack.whole import Stack

pytestmark = pytest.mark.stack
SWITCHES = 300


@pytest.fixture
def ann(stack: Stack) -> Iterator[Person]:
    """Somebody with one card."""
    with Person(stack.address) as person:
        person.sign_up()
        person.find("Vulpes vulpes", jpeg(), notes="first")
        yield person


def reads_of_the_replica(stack: Stack) -> int:
    """Return how many rows the replica has handed out of the cards' table."""
    asked = (
        "SELECT coalesce(sum(seq_scan + idx_scan), 0) FROM pg_stat_user_tables WHERE relname = 'dex_entries'"
    )
    return int(stack.replica.ask("monitor", asked)[0][0])


def note_of(person: Person) -> str:
    """Return what a person's own list says about their one card."""
    return str(person.get("dex/entries/my_entries/")["results"][0]["notes"])


def test_lists_are_read_from_the_replica(stack: Stack, ann: Person) -> None:
    before = reads_of_the_replica(stack)
    for _ in range(20):
        ann.get("dex/feed/")
        time.sleep(0.02)
    for _ in range(50):  # statistics are told now and then
        if reads_of_the_replica(stack) > before:
            break
        time.sleep(0.2)

    assert reads_of_the_replica(stack) > before
    assert stack.primary.ask("monitor", "SELECT state FROM pg_stat_replication") == [("streaming",)]


def test_whoever_writes_reads_what_they_wrote(ann: Person) -> None:
    card = ann.get("dex/entries/my_entries/")["results"][0]["id"]
    stale = 0
    for number in range(SWITCHES):
        ann.patch(f"dex/entries/{card}/", json={"notes": f"note {number}"})
        stale += note_of(ann) != f"note {number}"

    assert stale == 0


def test_a_card_that_is_hidden_is_hidden_at_once_from_everybody(stack: Stack, ann: Person) -> None:
    card = ann.get("dex/entries/my_entries/")["results"][0]["id"]
    leaks = 0
    with Person(stack.address) as eve:
        eve.sign_up()
        for number in range(60):
            visibility = ("public", "private")[number % 2]
            ann.patch(f"dex/entries/{card}/", json={"visibility": visibility})
            seen = {entry["id"] for entry in eve.get("dex/entries/recent/")["results"]}
            leaks += (card in seen) != (visibility == "public")

    assert leaks == 0


def test_while_the_replica_stands_still_everything_is_read_from_the_primary(
    stack: Stack, ann: Person
) -> None:
    card = ann.get("dex/entries/my_entries/")["results"][0]["id"]
    stack.replica.administrate("SELECT pg_wal_replay_pause()")
    try:
        for number in range(30):
            ann.patch(f"dex/entries/{card}/", json={"notes": f"paused {number}"})
            assert note_of(ann) == f"paused {number}"
    finally:
        stack.replica.administrate("SELECT pg_wal_replay_resume()")


def test_nobody_notices_that_the_replica_was_killed_and_came_back(stack: Stack, ann: Person) -> None:
    stack.replica.program.kill()
    answers = [note_of(ann) for _ in range(30)]
    stack.replica.program.start()
    before = reads_of_the_replica(stack)
    end = time.monotonic() + 30
    while time.monotonic() < end and reads_of_the_replica(stack) == before:
        ann.get("dex/feed/")
        time.sleep(0.2)

    assert answers == ["first"] * 30
    assert reads_of_the_replica(stack) > before
