"""Animals and taxa as everybody may read them, without an account."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import Session, User
from biologidex.animals import selectors, services
from biologidex.animals.models import Animal, Backbone, Taxon
from biologidex.dex.models import DexEntry

pytestmark = pytest.mark.django_db
API = "/api/v1/"


def bearer(person: User) -> dict[str, str]:
    """The header of a program that has signed in. The test client's own way would ignore how tokens are read."""
    return {"Authorization": f"Bearer {make.tokens(person)['access']}"}


@pytest.fixture
def wolf(db: None) -> Animal:
    family = make.taxon("Canidae", rank="family")
    genus = make.taxon("Canis", rank="genus", parent=family)
    return make.animal(make.taxon("Canis lupus", common_name="Gray wolf", english=["wolf"], parent=genus))


def test_an_animal_asked_for_again_costs_the_question_whether_it_has_changed(
    api: APIClient, wolf: Animal
) -> None:
    first = api.get(f"{API}animals/{wolf.pk}/")

    with CaptureQueriesContext(connection) as queries:
        again = api.get(f"{API}animals/{wolf.pk}/")

    assert len(queries) == 1
    assert again.json() == first.json()
    assert again["Cache-Control"] == "public, max-age=60"
    assert api.get(f"{API}animals/{wolf.pk}/", headers={"If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.django_db(transaction=True)
def test_a_change_is_in_the_next_answer(api: APIClient, wolf: Animal) -> None:
    before = api.get(f"{API}animals/{wolf.pk}/").json()

    services.set_status(animal=wolf, status="VU", source="A list")

    after = api.get(f"{API}animals/{wolf.pk}/").json()
    assert (before["conservation_status"], after["conservation_status"]) == ("", "VU")
    assert (before["is_sensitive"], after["is_sensitive"]) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_fifty_who_miss_at_once_ask_the_database_once(wolf: Animal, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    asked, row, start = [], selectors.animal_row, threading.Barrier(50)
    monkeypatch.setattr(selectors, "animal_row", lambda pk: asked.append(pk) or row(pk))

    def read(_: int) -> bytes:
        try:
            start.wait(10)
            return bytes(APIClient().get(f"{API}animals/{wolf.pk}/").content)
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as threads:
        answers = set(threads.map(read, range(50)))

    assert len(answers) == len(asked) == 1


def test_the_newest_animals_come_first(api: APIClient, wolf: Animal) -> None:
    newer = make.animal()

    told = api.get(f"{API}animals/recent/").json()["results"]

    assert [one["id"] for one in told] == [str(newer.pk), str(wolf.pk)]


def test_what_many_show_to_everybody_is_popular_and_what_is_private_counts_nothing_for_others(
    api: APIClient, ann: User, bob: User, eve: User, wolf: Animal
) -> None:
    fox, bear = make.animal(), make.animal()
    for owner, animal, visibility in (
        (ann, wolf, "public"), (bob, wolf, "public"), (eve, wolf, "private"),
        (ann, fox, "public"), (bob, fox, "friends"), (eve, bear, "friends"),
    ):  # fmt: skip
        make.dex_entry(owner, animal=animal, visibility=visibility)

    told = api.get(f"{API}animals/popular/").json()["results"]

    assert [(one["id"], one["finders"]) for one in told] == [(str(wolf.pk), 2), (str(fox.pk), 1)]
    mine = api.get(f"{API}animals/popular/", headers=bearer(eve)).json()["results"]
    assert [(one["id"], one["finders"]) for one in mine] == [
        (str(wolf.pk), 3), (str(fox.pk), 1), (str(bear.pk), 1),
    ]  # fmt: skip


def test_whoever_is_blocked_is_told_the_numbers_of_somebody_who_shows_nothing(
    api: APIClient, ann: User, eve: User, wolf: Animal
) -> None:
    entry = make.dex_entry(ann, animal=wolf, visibility="public")

    def told() -> list[Any]:
        return api.get(f"{API}animals/popular/", headers=bearer(eve)).json()["results"]

    assert [one["finders"] for one in told()] == [1]
    block = make.block(ann, eve)
    blocked = told()
    block.delete()
    DexEntry.objects.filter(pk=entry.pk).update(visibility="private")
    assert blocked == told() == []


def test_a_stale_token_is_no_hindrance_to_what_is_open(api: APIClient, ann: User, wolf: Animal) -> None:
    make.dex_entry(ann, animal=wolf, visibility="public")
    stale = bearer(ann)
    Session.objects.all().delete()

    for headers in (stale, {"Authorization": "Bearer nonsense"}):
        answer = api.get(f"{API}animals/popular/", headers=headers)
        assert (answer.status_code, len(answer.json()["results"])) == (200, 1)


def test_an_animal_s_place_in_the_tree_of_life(api: APIClient, wolf: Animal) -> None:
    told = api.get(f"{API}animals/{wolf.pk}/taxonomy/").json()

    assert told["taxon"]["scientific_name"] == "Canis lupus"
    assert [step["scientific_name"] for step in told["lineage"]] == ["Canidae", "Canis"]


def test_a_taxon_its_line_and_what_is_below_it(api: APIClient, wolf: Animal) -> None:
    genus = Taxon.objects.get(scientific_name="Canis")

    one = api.get(f"{API}taxonomy/{wolf.taxon_id}/").json()
    line = api.get(f"{API}taxonomy/{wolf.taxon_id}/lineage/").json()
    below = api.get(f"{API}taxonomy/{genus.pk}/children/").json()

    assert (one["scientific_name"], one["common_names"]) == ("Canis lupus", ["Gray wolf", "wolf"])
    assert [step["scientific_name"] for step in line["results"]] == ["Canidae", "Canis", "Canis lupus"]
    assert [step["scientific_name"] for step in below["results"]] == ["Canis lupus"]


def test_the_taxonomy_in_numbers_and_where_it_is_from(api: APIClient, wolf: Animal) -> None:
    Backbone.objects.create(
        source="ncbi", version="2024", taxa=3, names=4, with_english=1, filled_at="2026-01-01T00:00:00Z"
    )

    numbers = api.get(f"{API}taxonomy/stats/").json()
    sources = api.get(f"{API}taxonomy/sources/").json()["results"]

    assert (numbers["taxa"], numbers["animals"], numbers["by_rank"]["genus"]) == (3, 1, 1)
    assert [(one["source"], one["version"]) for one in sources] == [("ncbi", "2024")]


@pytest.mark.parametrize(
    "address", ["taxonomy/0/", "taxonomy/999999999999999999/", "taxonomy/1" + "0" * 30 + "/"]
)
def test_a_taxon_that_is_not_there_is_not_found(api: APIClient, address: str) -> None:
    assert api.get(API + address).status_code == 404


def everything(told: Any) -> list[Any]:
    below = told.values() if isinstance(told, dict) else told if isinstance(told, list) else []
    return [told, *(value for one in below for value in everything(one))]


READS = ["animals/", "animals/recent/", "animals/popular/", "taxonomy/search/?q=wolf", "taxonomy/stats/"]


@pytest.mark.parametrize("address", READS)
def test_every_answer_is_an_object_without_null(
    api: APIClient, ann: User, wolf: Animal, address: str
) -> None:
    make.dex_entry(ann, animal=wolf, visibility="public")

    told = api.get(API + address).json()

    told.pop("next", None), told.pop("previous", None)
    assert isinstance(told, dict)
    assert None not in everything(told)
