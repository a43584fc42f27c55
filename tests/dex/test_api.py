"""The dex over the API."""

import uuid
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry

pytestmark = pytest.mark.django_db
ENTRIES, MINE = "/api/v1/dex/entries/", "/api/v1/dex/entries/my_entries/"


def _post(api: APIClient, **fields: object) -> tuple[int, dict[str, object]]:
    answer = api.post(ENTRIES, fields)
    return answer.status_code, answer.json()


def test_a_find_is_filed_by_candidate_by_taxon_or_by_animal(api: APIClient, ann: User) -> None:
    wolf, fox = make.taxon("Canis lupus"), make.taxon("Vulpes vulpes")
    known = make.animal(fox)
    api.force_authenticate(ann)

    by_choice = _post(api, source_vision_job=str(make.job(ann, candidates=[wolf]).pk), choice=0.0)
    by_taxon = _post(api, source_vision_job=str(make.job(ann).pk), taxon=fox.pk)
    by_animal = _post(api, source_vision_job=str(make.job(ann).pk), animal=str(known.pk))

    assert by_choice[0] == by_taxon[0] == 201
    assert by_choice[1]["scientific_name"] == "Canis lupus"
    assert by_animal == (200, {**by_animal[1], "id": by_taxon[1]["id"], "animal": str(known.pk)})


def test_a_repeated_request_answers_with_the_same_card(api: APIClient, ann: User) -> None:
    api.force_authenticate(ann)
    find = {"source_vision_job": str(make.job(ann).pk), "taxon": make.taxon("Canis lupus").pk}

    first, second = _post(api, **find), _post(api, **find)

    assert (first[0], second[0]) == (201, 200)
    assert first[1]["id"] == second[1]["id"]


BAD = [
    ({}, "source_vision_job"),
    ({"source_vision_job": "not a uuid"}, "source_vision_job"),
    ({"notes": "x" * 10_000}, "notes"),
    ({"latitude": 91, "longitude": 0}, "latitude"),
    ({"latitude": "north", "longitude": 0}, "latitude"),
    ({"latitude": 10}, "longitude"),
    ({"catch_date": "2024-02-30"}, "catch_date"),
    ({"catch_date": "1700-01-01"}, "catch_date"),
    ({"catch_date": "2999-01-01"}, "catch_date"),
    ({"visibility": "everybody"}, "visibility"),
    ({"taxon": 999_999_999}, "taxon"),
    ({"taxon": 10**30}, "taxon"),
    ({"latitude": True, "longitude": True}, "latitude"),
    ({"taxon": None, "animal": str(uuid.UUID(int=0))}, "taxon"),
    ({"animal": str(uuid.UUID(int=0)), "taxon": ...}, "animal"),
    ({"choice": 99, "taxon": ...}, "choice"),
    ({"taxon": ...}, "animal"),
]


@pytest.mark.parametrize(("wrong", "field"), BAD)
def test_bad_input_names_the_field_and_files_nothing(
    api: APIClient, ann: User, wrong: dict[str, object], field: str
) -> None:
    api.force_authenticate(ann)
    good: dict[str, object] = {
        "source_vision_job": str(make.job(ann).pk),
        "taxon": make.taxon("Canis lupus").pk,
    }
    sent = {name: value for name, value in {**good, **wrong}.items() if value is not ...} if wrong else {}

    status, body = _post(api, **sent)

    assert status == 400
    assert isinstance(body[field], list)
    assert not DexEntry.objects.exists()


def test_the_job_of_another_is_not_found(api: APIClient, ann: User, eve: User) -> None:
    api.force_authenticate(eve)

    status, body = _post(api, source_vision_job=str(make.job(ann).pk), taxon=make.taxon("Canis lupus").pk)

    assert status == 404
    assert body == {"detail": "There is no such thing, or it is not yours to see.", "code": "not_found"}


def test_one_sees_ones_own_cards_only(api: APIClient, ann: User, bob: User) -> None:
    mine = make.dex_entry(ann)
    make.dex_entry(bob, visibility="public")
    api.force_authenticate(ann)

    answer = api.get(MINE).json()

    assert answer["count"] == 1
    assert [entry["id"] for entry in answer["results"]] == [str(mine.pk)]


def test_a_card_carries_no_null(api: APIClient, ann: User) -> None:
    make.dex_entry(ann, catch_date=None)
    api.force_authenticate(ann)

    (entry,) = api.get(MINE).json()["results"]

    assert None not in entry.values()
    assert entry["catch_date"] == ""


def test_the_place_of_a_public_card_is_for_its_owner_alone(api: APIClient, ann: User, eve: User) -> None:
    entry = make.dex_entry(
        ann,
        visibility="public",
        latitude=48.123456,
        longitude=11.5,
        place_name="Secret hide",
        catch_date=date(2024, 1, 2),
    )

    def seen_by(viewer: User | None) -> str:
        api.force_authenticate(viewer)
        return api.get(f"{ENTRIES}{entry.pk}/").content.decode()

    assert "48.123456" in seen_by(ann)
    assert "Secret hide" in seen_by(ann)
    assert "48.12" not in seen_by(eve)
    assert "Secret hide" not in seen_by(eve)


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_cards(api: APIClient, ann: User, count: int) -> None:
    for _ in range(count):
        make.dex_entry(ann)
    api.force_authenticate(ann)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(api.get(MINE).json()["results"]) == count

    assert len(queries) == 3, [query["sql"] for query in queries]


@pytest.mark.parametrize("address", [ENTRIES, MINE])
def test_without_signing_in_there_is_no_dex(api: APIClient, address: str) -> None:
    answer = api.post(address) if address == ENTRIES else api.get(address)

    assert answer.status_code == 401
    assert "detail" in answer.json()
