"""Many people at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

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
