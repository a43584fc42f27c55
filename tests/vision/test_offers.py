"""What a person may choose from when the group is sure and the species is not."""

from typing import Any

import pytest
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Taxon
from biologidex.vision.models import AnalysisJob
from biologidex.vision.selectors import members, suggestions

pytestmark = pytest.mark.django_db
FISHES = {"phylum": "Chordata", "class_name": "Actinopterygii", "family": "Scorpaenidae", "genus": "Pterois"}


def job(owner: User, *offered: tuple[Taxon, float], verdict: str = "animal") -> AnalysisJob:
    """Make an identification with these candidates, sure of the first."""
    made = make.job(owner, candidates=[taxon for taxon, _ in offered])
    for one, (_, probability) in zip(made.answer["candidates"], offered, strict=True):
        one["probability"] = probability
    made.answer |= {"verdict": verdict}
    made.save()
    return made


@pytest.fixture
def lionfishes() -> Taxon:
    return make.taxon("Pterois", rank="genus", common_name="Lionfish", **FISHES)


@pytest.fixture
def red() -> Taxon:
    return make.taxon("Pterois volitans", common_name="Red lionfish", **FISHES)


@pytest.fixture
def devil() -> Taxon:
    return make.taxon("Pterois miles", common_name="Devil firefish", **FISHES)


@pytest.fixture
def centipedes() -> Taxon:
    return make.taxon("Chilopoda", rank="class", phylum="Arthropoda", class_name="Chilopoda")


@pytest.fixture
def rays() -> Taxon:
    return make.taxon("Myliobatiformes", rank="order", phylum="Chordata", order="Myliobatiformes")


def test_the_best_known_species_of_the_group_are_offered(
    ann: User, lionfishes: Taxon, red: Taxon, devil: Taxon
) -> None:
    assert members(suggestions(job(ann, (lionfishes, 0.98)))) == [red, devil]


def test_what_is_suggested_anyway_is_not_offered_twice(
    ann: User, lionfishes: Taxon, red: Taxon, devil: Taxon
) -> None:
    outcome = suggestions(job(ann, (lionfishes, 0.6), (devil, 0.3)))

    assert [one.taxon for one in outcome.inside] == [devil]
    assert members(outcome) == [red]


def test_an_unrelated_class_of_less_than_two_percent_is_not_offered_and_a_likelier_group_comes_last(
    ann: User, lionfishes: Taxon, centipedes: Taxon, rays: Taxon, red: Taxon
) -> None:
    outcome = suggestions(job(ann, (lionfishes, 0.9), (rays, 0.05), (centipedes, 0.019), (red, 0.01)))

    assert [one.taxon for one in outcome.inside] == [red]
    assert [one.taxon for one in outcome.outside] == [rays]


def test_while_nothing_is_sure_every_guess_is_offered(
    ann: User, lionfishes: Taxon, centipedes: Taxon, red: Taxon
) -> None:
    unsure = job(ann, (lionfishes, 0.3), (centipedes, 0.01), verdict="unsure")
    unsure.answer["taxon"] = None

    outcome = suggestions(unsure)

    assert [one.taxon for one in outcome.inside] == [lionfishes, centipedes]
    assert members(outcome) == []


def test_with_a_sure_species_its_relatives_are_not_offered(ann: User, red: Taxon, devil: Taxon) -> None:
    assert members(suggestions(job(ann, (red, 0.95)))) == []


def test_programs_are_told_all_that_the_identification_said_and_no_more(
    api: APIClient, ann: User, lionfishes: Taxon, centipedes: Taxon, red: Taxon
) -> None:
    api.force_authenticate(ann)
    made = job(ann, (lionfishes, 0.98), (centipedes, 0.01))

    told: dict[str, Any] = api.get(f"/api/v1/vision/jobs/{made.pk}/").json()

    names = ["Pterois", "Chilopoda"]
    assert [(one["index"], one["scientific_name"]) for one in told["candidates"]] == list(enumerate(names))
    assert [one["scientific_name"] for one in told["detected_animals"]] == names
