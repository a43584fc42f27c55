"""How the tree grew: each animal with the day on which it came, and the same in numbers."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from pytest_django.asserts import assertContains

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Animal
from biologidex.dex.models import DexEntry
from biologidex.web.growth import growth_of
from graph.conftest import find
from web.forest import rows

pytestmark = pytest.mark.django_db
SPRING, SUMMER = datetime(2024, 4, 3, 12, tzinfo=UTC), datetime(2024, 7, 9, 12, tzinfo=UTC)


def day(at: datetime) -> int:
    return (at.date() - date(1970, 1, 1)).days


def found(owner: User, animal: Animal, at: datetime, visibility: str = "friends") -> DexEntry:
    return find(owner, animal, visibility, created_at=at)


def since(browser: Client, query: str = "") -> dict[str, int]:
    return {row[2]: row[8] for row in rows(browser, query)}


def test_an_animal_is_there_since_its_first_find_and_a_group_since_that_of_its_first_animal(
    anns: Client, ann: User, bob: User, wolf: Animal, cat: Animal
) -> None:
    make.friends(ann, bob)
    found(ann, wolf, SUMMER), found(bob, wolf, SPRING), found(ann, cat, SUMMER)

    told = since(anns)

    assert (told["Canis lupus"], told["Canidae"], told["Carnivora"]) == (day(SPRING),) * 3
    assert (told["Felis catus"], told["Felidae"]) == (day(SUMMER),) * 2
    assert since(anns, "mode=personal")["Canis lupus"] == day(SUMMER)


def test_a_find_that_one_may_not_see_moves_no_day(anns: Client, ann: User, bob: User, wolf: Animal) -> None:
    make.friends(ann, bob)
    found(ann, wolf, SUMMER), found(bob, wolf, SPRING, "private")

    for query in ("", "mode=global"):
        assert since(anns, query)["Canis lupus"] == day(SUMMER)


def test_the_page_tells_it_in_numbers_as_well(
    anns: Client, ann: User, wolf: Animal, cat: Animal, owl: Animal
) -> None:
    found(ann, wolf, SPRING), found(ann, cat, SUMMER), found(ann, owl, SUMMER)

    page = anns.get("/tree/")

    assert [(step.day, step.new, step.animals) for step in page.context["growth"]] == [
        (date(2024, 7, 1), 2, 3),
        (date(2024, 4, 1), 1, 1),
    ]
    assertContains(page, "How it grew, in numbers")
    assertContains(page, '<th scope="row">July 2024</th><td class="number">2</td><td class="number">3</td>')


def test_what_took_many_months_is_told_by_the_year() -> None:
    days = [day(SPRING + timedelta(days=31 * number)) for number in range(30)]

    steps = growth_of(days)

    assert [(step.day.year, step.is_month) for step in steps] == [(2026, False), (2025, False), (2024, False)]
    assert steps[0].animals == sum(step.new for step in steps) == 30
