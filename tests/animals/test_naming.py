"""A player writes a name: the animal it means, or a place for one that no backbone knows, or a refusal in words."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import call_command
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
       ({"scientific_name": "Canis novus", "family": "Nosuchidae"}, "family")]  # fmt: skip


@pytest.mark.parametrize(("parts", "field"), BAD, ids=str)
def test_what_contradicts_the_taxonomy_is_refused_by_name(
    mine: APIClient, canis: Taxon, parts: dict[str, Any], field: str
) -> None:
    answer = named(mine, **parts)

    assert (answer.status_code, field in answer.json()) == (400, True), answer.content


@pytest.mark.parametrize("name", ["Novocyon albus", "Novocyon", "Novocyonidae", "Fuckus shittus"])
def test_only_a_known_genus_gets_a_species_that_nobody_knows(
    mine: APIClient, canis: Taxon, name: str
) -> None:
    answer = named(mine, scientific_name=name, family="Canidae")

    assert (answer.status_code, "known" in answer.json()["scientific_name"][0]) == (400, True)
    assert not Animal.objects.exists()


@pytest.mark.parametrize("kingdom", ["Plantae", "Bacteria", "Fungi", "mineral"])
@pytest.mark.parametrize("name", ["Quercus robur", "Canis lupus", "Canis incognitus"])
def test_only_animals_have_a_place(mine: APIClient, canis: Taxon, kingdom: str, name: str) -> None:
    answer = named(mine, scientific_name=name, kingdom=kingdom, family="Canidae")

    assert (answer.status_code, next(iter(answer.json()))) == (400, "kingdom")
    assert not Animal.objects.exists()


@pytest.mark.parametrize("kingdom", ["Animalia", "metazoa", "", " "])
def test_the_kingdom_of_animals_goes_by_several_names(mine: APIClient, canis: Taxon, kingdom: str) -> None:
    assert named(mine, scientific_name="Canis lupus", kingdom=kingdom).status_code == 201


MEANT = [
    # what is written, what is suggested
    ("Vulpes vulpis", "Vulpes vulpes"),
    ("Vulpes velpus", "Vulpes vulpes"),
    ("Canis vulpes", "Vulpes vulpes"),
    ("Vulpes zorda", "Vulpes zerda"),
    ("Vulpes lagobus", "Vulpes lagopus"),
]


@pytest.mark.parametrize(("name", "suggested"), MEANT)
def test_a_name_that_is_nearly_known_is_refused_with_what_may_be_meant(
    mine: APIClient, canis: Taxon, name: str, suggested: str
) -> None:
    foxes = make.taxon("Vulpes", rank="genus", parent=canis.parent, **DOGS, family="Canidae", genus="Vulpes")
    for epithet in ("vulpes", "zerda", "lagopus"):
        make.taxon(f"Vulpes {epithet}", parent=foxes, **DOGS, family="Canidae", genus="Vulpes")

    answer = named(mine, scientific_name=name)

    assert answer.status_code == 400
    assert suggested in answer.json()["scientific_name"][0]
    assert not Animal.objects.exists()


@pytest.mark.parametrize("epithet", ["dogg", "best", "lost", "shit", "wolfy", "xz"])
def test_a_word_without_the_form_of_an_epithet_is_refused(
    mine: APIClient, canis: Taxon, epithet: str
) -> None:
    assert named(mine, scientific_name=f"Canis {epithet}").status_code == 400
    assert not Animal.objects.exists()


CONTRADICTIONS = [
    ({"scientific_name": "Canis lupus", "family": "Felidae"}, "family"),
    ({"scientific_name": "Canis novus", "family": "Felidae"}, "family"),
    ({"scientific_name": "Canis lupus", "genus": "Felis"}, "genus"),
    ({"scientific_name": "Canis lupus", "class_name": "Aves"}, "class_name"),
    ({"scientific_name": "Canis novus", "class_name": "Aves"}, "class_name"),
    ({"scientific_name": "Canis novus", "order": "Nosuchiformes"}, "order"),
]


@pytest.mark.parametrize(("parts", "field"), CONTRADICTIONS, ids=str)
def test_a_group_in_which_it_is_not_is_refused_by_name(
    mine: APIClient, canis: Taxon, parts: dict[str, str], field: str
) -> None:
    make.taxon("Felidae", rank="family", **DOGS, family="Felidae")
    make.taxon("Felis", rank="genus", **DOGS, family="Felidae", genus="Felis")
    make.taxon("Aves", rank="class", class_name="Aves")

    answer = named(mine, **parts)

    assert (answer.status_code, next(iter(answer.json()))) == (400, field), answer.content
    assert not Animal.objects.exists()


def test_the_groups_of_another_classification_keep_no_known_animal_out(mine: APIClient, canis: Taxon) -> None:
    parts = {"class_name": "Theria", "order": "Ferae", "genus": "Canis", "species": "nubilus"}

    answer = named(mine, scientific_name="Canis nubilus", **parts)

    assert (answer.status_code, answer.json()["animal"]["scientific_name"]) == (201, "Canis lupus")


def test_what_only_one_player_knows_is_not_shown_off_until_it_is_confirmed(
    mine: APIClient, canis: Taxon, ann: User
) -> None:
    known = named(mine, scientific_name="Canis lupus").json()["animal"]
    made = named(mine, scientific_name="Canis incognitus").json()["animal"]
    for animal in (known, made):
        make.dex_entry(ann, animal=Animal.objects.get(pk=animal["id"]), visibility="public")

    assert (known["verified"], made["verified"]) == (True, False)
    assert shown_off() == {"recent": ["Canis lupus"], "popular": ["Canis lupus"]}

    call_command("animals", "verify", "Canis", "incognitus")

    assert set(shown_off()["recent"]) == set(shown_off()["popular"]) == {"Canis lupus", "Canis incognitus"}


def shown_off() -> dict[str, list[str]]:
    """Return what everybody is shown without having asked for it."""
    return {
        name: [
            row["scientific_name"] for row in APIClient().get(f"/api/v1/animals/{name}/").json()["results"]
        ]
        for name in ("recent", "popular")
    }


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
