"""Questions that go the shortest way to PostgreSQL: their plans are kept, and they fail like all others do."""

from uuid import uuid4

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

import make
from biologidex.accounts.models import User
from biologidex.core import identity
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import overview_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such way"),
]


def test_a_connection_that_breaks_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.ensure_connection()
    monkeypatch.setattr(
        connection, "close_if_health_check_failed", lambda: None
    )  # it breaks right after the look
    connection.connection.pgconn.finish()

    with pytest.raises((OperationalError, InterfaceError)):
        connection.read_at_once("one", "SELECT 1", None)

    connection.close()


def test_a_plan_is_kept_by_the_server_and_made_again_when_it_is_gone() -> None:
    ids = [uuid4() for _ in range(3)]
    asked = [connection.read_at_once("echo", "SELECT $1::uuid", one) for one in ids[:2]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name = 'echo'")
        kept = cursor.fetchone()
        cursor.execute("DEALLOCATE ALL")  # as of another connection of the pool

    asked.append(connection.read_at_once("echo", "SELECT $1::uuid", ids[2]))

    assert (asked, kept) == ([[(one,)] for one in ids], (1,))


def test_a_question_that_cannot_be_asked_so_is_left_to_the_ordinary_way() -> None:
    assert connection.read_at_once("wrong", "SELECT no_such_column", None) is None
    assert connection.read_at_once("sound", "SELECT 1", None) == [(1,)]


def test_one_plan_shows_each_person_their_own(ann: User, bob: User) -> None:
    make.friends(ann, bob)
    for owner, visibility in ((ann, "public"), (bob, "friends"), (bob, "private")):
        make.dex_entry(owner, visibility=visibility)
    every = "SELECT owner_id, visibility FROM dex_entries"

    def seen(viewer: User) -> set[tuple[object, ...]]:
        with identity.acting_as(viewer.pk):
            return set(connection.read_at_once("every_card", every, None))

    assert seen(ann) == {(ann.pk, "public"), (bob.pk, "friends")}
    assert seen(bob) == {(ann.pk, "public"), (bob.pk, "friends"), (bob.pk, "private")}
    assert seen(make.user("carl")) == {(ann.pk, "public")}


def test_friends_overviews_are_one_plan_for_all(ann: User, bob: User) -> None:
    make.friends(ann, bob)
    for owner, visibility in ((ann, "public"), (bob, "friends"), (bob, "private")):
        make.dex_entry(owner, visibility=visibility)

    def overview(viewer: User) -> dict[object, int]:
        with identity.acting_as(viewer.pk):
            return {owner: cards for owner, (cards, _) in overview_for(viewer).items()}

    with CaptureQueriesContext(connection) as asked:
        told = [overview(ann), overview(bob), overview(ann)]

    assert told == [{bob.pk: 1}, {ann.pk: 1}, {bob.pk: 1}]
    assert len({query["sql"] for query in asked}) == 1
    assert DexEntry.objects.count() == 3
