"""Where is read and where is written while a view reads the replica. What really comes back: tests/stack."""

from collections.abc import Iterator

import django.db
import pytest

from biologidex.accounts.models import Session, User
from biologidex.animals.models import Animal
from biologidex.core import replica
from biologidex.core.models import Job
from biologidex.dex.models import DexEntry
from biologidex.social.models import Block, Friendship


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a replica be there, and this be a request that reads it."""
    monkeypatch.setattr(django.db.router, "routers", [replica.Router()])
    mark = replica._reading.set(True)
    yield
    replica._reading.reset(mark)


@pytest.mark.usefixtures("reading")
def test_what_a_reading_view_shows_is_read_from_the_replica() -> None:
    assert {Animal.objects.all().db, DexEntry.objects.all().db} == {"replica"}


@pytest.mark.usefixtures("reading")
def test_who_somebody_is_and_whose_friend_is_asked_of_the_primary() -> None:
    for model in (User, Session, Friendship, Block, Job):
        assert model.objects.all().db == "default"  # type: ignore[attr-defined]


@pytest.mark.usefixtures("reading")
def test_rows_that_are_locked_are_the_primary_s() -> None:
    assert Animal.objects.select_for_update().db == "default"


@pytest.mark.usefixtures("reading")
def test_whoever_has_written_reads_at_the_primary_from_then_on() -> None:
    django.db.router.db_for_write(DexEntry)

    assert DexEntry.objects.all().db == "default"


def test_without_a_block_that_says_so_everything_is_the_primary_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django.db.router, "routers", [replica.Router()])

    assert Animal.objects.all().db == "default"


def test_rows_of_both_may_refer_to_each_other() -> None:
    here, there = User(), User()
    here._state.db, there._state.db = "default", "replica"

    assert replica.Router().allow_relation(here, there)


def test_only_the_primary_is_migrated() -> None:
    assert replica.Router().allow_migrate("default", "dex")
    assert not replica.Router().allow_migrate("replica", "dex")


@pytest.mark.django_db
def test_a_view_reads_the_primary_where_there_is_no_replica() -> None:
    with replica.reading() as from_replica:
        assert not from_replica
        assert Animal.objects.all().db == "default"
