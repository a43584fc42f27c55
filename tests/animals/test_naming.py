"""A player writes a name: the animal it means, or a place for one that no backbone knows, or a refusal in words."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.animals import services
from biologidex.animals.models import Animal, Taxon

LOOKUP, VALIDATE = "/api/v1/animals/lookup_or_create/", "/api/v1/taxonomy/validate/"
DOGS = {"kingdom": "Animalia", "phylum": "Chordata", "class_name": "Mammalia", "order": "Carnivora"}


@pytest.fixture
def canis(db: None) -> Taxon:
    """The genus of dogs below its family, with the wolf and its old name."""
    family = make.taxon("Canidae", rank="family", **DOGS, family="Canidae")
    genus = make.taxon("Canis", rank="genus", parent=family, **DOGS, family="Canidae", genus="Canis")
    make.taxon(
        "Canis lupus", common_name="Gray wolf", english=["dog"], synonyms=["Canis nubilus"], parent=genus,
        **DOGS, family="Canidae", genus="Canis", species="Canis lupus",
    )  # fmt: skip
    return genus


@pytest.fixture
def mine(api: APIClient, ann: User) -> APIClient:
    api.force_authenticate(ann)
    return api


def named(api: APIClient, **parts: Any) -> Any:
    return api.post(LOOKUP, parts)


WOLVES = [
    {"scientific_name": "Canis lupus"},
    {"scientific_name": "  canis   LUPUS "},
    {"scientific_name": "Canis lupus Linnaeus, 1758"},
    {"scientific_name": "Canis nubilus"},
    {"scientific_name": "Canis luppus"},
    {"scientific_name": "", "genus": "Canis", "species": "lupus"},
    {"scientific_name": "", "genus": "Canis", "species": "Canis lupus"},
]


@pytest.mark.parametrize("parts", WOLVES, ids=str)
def test_however_it_is_written_it_is_the_one_animal(
    mine: APIClient, canis: Taxon, parts: dict[str, str]
) -> None:
    first, again = named(mine, **parts), named(mine, scientific_name="Canis lupus")

    assert (first.status_code, first.json()["created"]) == (201, True)
    assert (again.status_code, again.json()["created"]) == (200, False)
    assert first.json()["animal"] == again.json()["animal"]
    assert first.json()["animal"]["creation_index"] == 1
    assert None not in first.json()["animal"].values()


def test_a_species_that_nobody_knows_gets_a_place_below_its_genus(
    mine: APIClient, canis: Taxon, ann: User
) -> None:
    told = named(mine, scientific_name="Canis incognitus", common_name="Ghost dog").json()["animal"]

    taxon = Taxon.objects.get(pk=told["taxon_id"])
    assert (taxon.parent, taxon.created_by, taxon.source) == (canis, ann, "biologidex")
    assert (told["family"], told["genus"], told["rank"]) == ("Canidae", "Canis", "species")
    found = mine.get("/api/v1/taxonomy/search/", {"q": "ghost dog"}).json()["results"]
    assert [one["scientific_name"] for one in found] == ["Canis incognitus"]


JUNK = [
    "", "unknown", "N/A", "Service not configured", "I cannot identify this animal", "dog", "Gray wolf", "Canis sp.",
    "Canis aaaaa", "Canis 2", "Canis <script>", "Canis lupus; drop table", "12345",
    "Nosuchgenus species", "Nosuchgenus novus", "🐕", "x" * 201, "Canis\x00lupus",
]  # fmt: skip


@pytest.mark.parametrize("name", JUNK, ids=lambda name: name[:20])
def test_what_is_no_animal_s_name_is_refused_in_words_and_leaves_nothing(
    mine: APIClient, canis: Taxon, name: str
) -> None:
    before = Taxon.objects.count()

    answer = named(mine, scientific_name=name)

    assert answer.status_code == 400
    assert len(" ".join(answer.json()["scientific_name"])) > 15
    assert not Animal.objects.exists()
    assert Taxon.objects.count() == before


BAD = [({"scientific_name": 5}, "scientific_name"), ({"scientific_name": "Canis novus", "family": "Felidae"}, "family"),
       ({"scientific_name": "Novogenus albus", "family": "Nosuchidae"}, "family")]  # fmt: skip


@pytest.mark.parametrize(("parts", "field"), BAD, ids=str)
def test_what_contradicts_the_taxonomy_is_refused_by_name(
    mine: APIClient, canis: Taxon, parts: dict[str, Any], field: str
) -> None:
    answer = named(mine, **parts)

    assert (answer.status_code, field in answer.json()) == (400, True), answer.content


def test_an_unknown_genus_finds_its_place_in_a_known_family(mine: APIClient, canis: Taxon) -> None:
    told = named(mine, scientific_name="Novocyon albus", family="Canidae").json()["animal"]

    assert (told["family"], told["genus"], told["species"]) == ("Canidae", "Novocyon", "Novocyon albus")


def test_naming_takes_an_account(api: APIClient, canis: Taxon) -> None:
    assert named(api, scientific_name="Canis lupus").status_code == 401


def at_once(work: Callable[[Any], Any], things: list[Any]) -> list[Any]:
    def alone(thing: Any) -> Any:
        try:
            return work(thing)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(things)) as threads:
        return list(threads.map(alone, things))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["Canis lupus", "Canis incognitus"])
def test_twenty_who_name_it_at_once_name_one_animal(ann: User, canis: Taxon, name: str) -> None:
    outcomes = at_once(
        lambda name: services.lookup_or_create(by=ann, named=services.Named(scientific_name=name)),
        [name] * 20,
    )

    assert len({animal.pk for animal, _ in outcomes}) == 1
    assert sum(created for _, created in outcomes) == 1
    assert Animal.objects.count() == Taxon.objects.filter(scientific_name=name).count() == 1


@pytest.mark.django_db(transaction=True)
def test_forty_different_animals_at_once_get_forty_numbers_without_a_gap(ann: User, canis: Taxon) -> None:
    syllables = ("ba", "do", "fi", "gu", "ke", "la", "mo", "pi")
    names = [f"Canis {one}{one}{two}{two}rus" for one in syllables for two in syllables if one != two][:40]

    outcomes = at_once(
        lambda name: services.lookup_or_create(by=ann, named=services.Named(scientific_name=name)), names
    )

    assert sorted(animal.creation_index for animal, _ in outcomes) == list(range(1, 41))


JUDGED = [
    ("Canis lupus", True, "accepted", "Canis lupus"),
    ("Canis nubilus", True, "synonym", "Canis lupus"),
    ("Canis luppus", False, "misspelled", "Canis lupus"),
    ("Canis novissimus", False, "unknown", ""),
    ("Birds", False, "unknown", ""),
    ("Service not configured", False, "not_a_name", ""),
]


@pytest.mark.parametrize(("name", "valid", "reason", "accepted"), JUDGED)
def test_a_name_is_judged(
    api: APIClient, canis: Taxon, name: str, valid: bool, reason: str, accepted: str
) -> None:
    told = api.post(VALIDATE, {"scientific_name": name, "confidence": 0.5}).json()

    assert (told["valid"], told["reason"], told["accepted_name"]) == (valid, reason, accepted)
    assert None not in told.values()
