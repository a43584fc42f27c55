"""Many people at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Animal
from biologidex.dex import services
from biologidex.dex.details import Details
from biologidex.dex.models import DexEntry, DexState

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: Callable[[Any], Any], things: list[Any]) -> list[Any]:
    """Do the work for all things at the same time, each in a thread with a connection of its own."""

    def alone(thing: Any) -> Any:
        try:
            return work(thing)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(things)) as threads:
        return list(threads.map(alone, things))


def test_fifty_finds_at_once_get_fifty_numbers_without_a_gap() -> None:
    people = [make.user(f"person{number}") for number in range(10)]
    finds = [(people[number % 10], make.job(people[number % 10]), make.taxon()) for number in range(50)]

    def file(find: tuple[User, Any, Any]) -> int:
        by, job, taxon = find
        return services.record_find(by=by, job=job, taxon=taxon, details=Details())[0].animal.creation_index

    numbers = at_once(file, finds)

    assert sorted(numbers) == list(range(1, 51))
    assert DexEntry.objects.count() == 50
    assert {state.version for state in DexState.objects.all()} == {5}


def test_one_animal_found_by_many_at_once_is_one_animal(ann: User, bob: User, eve: User) -> None:
    wolf = make.taxon("Canis lupus")
    finds = [(by, make.job(by)) for by in (ann, bob, eve) for _ in range(4)]

    cards = at_once(
        lambda find: services.record_find(by=find[0], job=find[1], taxon=wolf, details=Details())[0].pk, finds
    )

    assert Animal.objects.count() == 1
    assert len(set(cards)) == 3
    assert sum(card.photos.count() for card in DexEntry.objects.all()) == 12


def test_changes_of_one_dex_at_once_get_moments_one_after_the_other(ann: User) -> None:
    cards = [make.dex_entry(ann) for _ in range(8)]

    at_once(lambda card: services.edit(by=ann, entry=card, details=Details(notes="Changed.")), cards)

    moments = DexEntry.objects.values_list("updated_at", flat=True)
    assert len(set(moments)) == 8
    assert max(moments) == DexState.objects.get(owner=ann).changed_at


def test_a_sync_during_the_first_find_of_a_dex_does_not_lose_it(ann: User, eve: User) -> None:
    """Nothing of Ann's dex is there yet that could be locked: her find is made, but not committed.

    Eve has found something since, so the one moment of her batch is later than the find that she cannot see yet.
    """
    _synced(eve, ann)  # the first request of all takes its time
    DexState.objects.all().delete()
    job, hers, animal = make.job(ann), make.job(eve), make.animal()
    filed, answered = Event(), Event()
    public = Details(visibility="public")

    def file() -> str:
        with transaction.atomic():
            entry, _ = services.record_find(by=ann, job=job, taxon=make.taxon(), details=public)
            filed.set()
            answered.wait(1)  # a sync that waits for the find has no answer until then
        return str(entry.pk)

    def sync() -> tuple[list[str], str]:
        filed.wait()
        services.record_find(by=eve, job=hers, taxon=animal.taxon, details=Details())
        told = _synced(eve, ann)
        answered.set()
        return told

    made, (told, moment) = at_once(lambda work: work(), [file, sync])

    assert told + _synced(eve, ann, moment)[0] == [made]


def _synced(person: User, other: User, last_sync: str = "") -> tuple[list[str], str]:
    """Return what somebody's program is told of another's cards in a batch with its own, and the batch's moment."""
    program = APIClient()
    program.force_authenticate(person)
    asked = [{"user_id": who, "last_sync": last_sync} for who in ("self", str(other.pk))]
    told = program.post("/api/v1/dex/entries/batch_sync/", {"sync_requests": asked}).json()
    return [entry["id"] for entry in told["results"][str(other.pk)]["entries"]], told["server_time"]
