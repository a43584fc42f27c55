"""Animals over HTTP."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

import make

pytestmark = pytest.mark.django_db
ANIMALS, SEARCH = "/api/v1/animals/", "/api/v1/taxonomy/search/"
WOLF = {
    "common_name": "Gray wolf",
    "kingdom": "Animalia",
    "phylum": "Chordata",
    "class_name": "Mammalia",
    "order": "Carnivora",
    "family": "Canidae",
    "genus": "Canis",
    "species": "Canis lupus",
}


@pytest.fixture
def wolf() -> Any:
    return make.animal(make.taxon("Canis lupus", **WOLF), verified=True)


@pytest.fixture
def honeybee(wolf: Any) -> Any:
    bee = make.taxon("Apis mellifera", common_name="Western honey bee", class_name="Insecta")
    return make.animal(bee, verified=False)


def listed(api: APIClient, **query: str) -> list[str]:
    answer = api.get(ANIMALS, query)
    assert answer.status_code == 200
    return [row["scientific_name"] for row in answer.json()["results"]]


class TestList:
    def test_is_open_and_in_the_order_of_numbers(self, api: APIClient, wolf: Any, honeybee: Any) -> None:
        answer = api.get(ANIMALS).json()

        assert answer["count"] == 2
        assert [row["creation_index"] for row in answer["results"]] == [1, 2]

    def test_a_row_says_what_the_animal_itself_says(self, api: APIClient, wolf: Any) -> None:
        (row,) = api.get(ANIMALS).json()["results"]

        assert row == api.get(f"{ANIMALS}{wolf.pk}/").json()
        assert row.items() >= WOLF.items()

    def test_nothing_is_null(self, api: APIClient) -> None:
        make.animal(make.taxon("Animalia", rank="kingdom"))

        (row,) = api.get(ANIMALS).json()["results"]

        assert None not in row.values()

    @pytest.mark.parametrize(
        "query",
        [
            *({"search": "wolf"}, {"search": "LUPUS can"}, {"verified": "true"}, {"class_name": "mammalia"}),
            *({"rank": "species", "family": "Canidae"}, {"genus": "Canis"}, {"order": "Carnivora"}),
            {"search": "gray", "verified": "true", "class_name": "Mammalia"},
        ],
    )
    def test_can_be_narrowed(self, api: APIClient, wolf: Any, honeybee: Any, query: dict[str, str]) -> None:
        assert listed(api, **query) == ["Canis lupus"]

    def test_can_be_narrowed_to_a_conservation_status(self, api: APIClient, wolf: Any) -> None:
        make.animal(conservation_status="VU", conservation_source="somebody")

        for told in ("VU", "vu", "vulnerable"):
            assert len(listed(api, conservation_status=told)) == 1

    @pytest.mark.parametrize(("field", "value"), [("verified", "maybe"), ("conservation_status", "fine")])
    def test_a_filter_that_cannot_be_meant_is_refused_by_name(
        self, api: APIClient, wolf: Any, field: str, value: str
    ) -> None:
        answer = api.get(ANIMALS, {field: value})

        assert (answer.status_code, list(answer.json())) == (400, [field])

    @pytest.mark.parametrize("field", ["verified", "conservation_status", "class_name", "search"])
    def test_a_blank_filter_keeps_everything(self, api: APIClient, wolf: Any, field: str) -> None:
        assert listed(api, **{field: ""}) == ["Canis lupus"]

    @pytest.mark.parametrize("count", [1, 3])
    def test_costs_three_questions_however_long(self, api: APIClient, count: int) -> None:
        for _ in range(count):
            make.animal()

        with CaptureQueriesContext(connection) as queries:
            assert len(listed(api)) == count

        assert len(queries) == 3

    def test_comes_in_pages(self, api: APIClient) -> None:
        for _ in range(3):
            make.animal()

        answer = api.get(ANIMALS, {"page_size": "2", "page": "2"}).json()

        assert (answer["count"], len(answer["results"]), answer["next"]) == (3, 1, None)

    @pytest.mark.parametrize("search", ["%", "🦁", "'", "x" * 500, "zzz"])
    def test_an_odd_search_is_no_error(self, api: APIClient, wolf: Any, search: str) -> None:
        assert api.get(ANIMALS, {"search": search}).status_code == 200

    @pytest.mark.parametrize(
        "query", [{"genus": "\x00"}, {"genus": "x" * 60_000}, {"page": "0"}, {"page": "\x00"}]
    )
    def test_an_impossible_question_is_the_askers_fault(self, api: APIClient, query: dict[str, str]) -> None:
        answer = api.get(ANIMALS, query)

        assert 400 <= answer.status_code < 500
        assert isinstance(answer.json(), dict)

    def test_a_stale_token_does_no_harm(self, api: APIClient) -> None:
        assert api.get(ANIMALS, headers={"Authorization": "Bearer stale"}).status_code == 200


class TestAnimal:
    def test_is_open(self, api: APIClient, wolf: Any) -> None:
        answer = api.get(f"{ANIMALS}{wolf.pk}/")

        assert (answer.status_code, answer.json()["id"]) == (200, str(wolf.pk))

    def test_unknown_is_404_with_a_sentence(self, api: APIClient) -> None:
        answer = api.get(f"{ANIMALS}{uuid.uuid4()}/")

        assert answer.status_code == 404
        assert isinstance(answer.json()["detail"], str)

    def test_costs_two_questions(self, api: APIClient, wolf: Any) -> None:
        with CaptureQueriesContext(connection) as queries:
            api.get(f"{ANIMALS}{wolf.pk}/")

        assert len(queries) == 2


class TestTaxonSearch:
    def test_answers_with_what_the_existing_client_reads(self, api: APIClient) -> None:
        make.taxon("Canis lupus", english=["Timber wolf"], foreign={"fr": "loup gris"}, **WOLF)

        answer = api.get(SEARCH, {"genus": "Canis", "species": "", "common_name": "", "limit": "20"}).json()

        assert answer["count"] == 1
        assert (
            answer["results"][0].items()
            >= {
                **WOLF,
                "scientific_name": "Canis lupus",
                "common_names": ["Gray wolf", "Timber wolf"],
                "specific_epithet": "lupus",
            }.items()
        )
        assert None not in answer["results"][0].values()

    @pytest.mark.parametrize(
        "query",
        [{"q": "wolf"}, {"genus": "can", "species": "lup"}, {"species": "lupus"}, {"common_name": "gray w"}],
    )
    def test_finds_by_every_part(self, api: APIClient, query: dict[str, str]) -> None:
        make.taxon("Canis lupus", **WOLF)
        make.taxon("Felis catus", common_name="Domestic cat")

        answer = api.get(SEARCH, query).json()

        assert [taxon["scientific_name"] for taxon in answer["results"]] == ["Canis lupus"]

    @pytest.mark.parametrize("count", [1, 3])
    def test_costs_the_same_however_much_is_found(self, api: APIClient, count: int) -> None:
        for _ in range(count):
            make.taxon(common_name="Brown bear")

        with CaptureQueriesContext(connection) as queries:
            assert api.get(SEARCH, {"q": "bear"}).json()["count"] == count

        assert len(queries) == 4  # exact names, beginnings, the taxa, their names

    @pytest.mark.parametrize(
        "query", [{}, {"limit": "0", "q": "a"}, {"limit": "x", "q": "a"}, {"limit": "101", "q": "a"}]
    )
    def test_a_search_for_nothing_or_without_end_is_refused(
        self, api: APIClient, query: dict[str, str]
    ) -> None:
        assert api.get(SEARCH, query).status_code == 400

    @pytest.mark.parametrize("text", ["", "%", "🦁", "' or 1=1 --", "x" * 500])
    def test_junk_finds_nothing(self, api: APIClient, text: str) -> None:
        make.taxon("Canis lupus", **WOLF)

        assert api.get(SEARCH, {"q": text}).json() == {"count": 0, "results": []}
