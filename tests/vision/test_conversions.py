"""The existing client's way to an identification: convert, ask by the conversion, select, file."""

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

import make
import pictures
from biologidex.accounts.models import User
from biologidex.animals.models import Animal
from biologidex.media.models import Photo
from biologidex.vision.models import AnalysisJob

pytestmark = pytest.mark.django_db(transaction=True)
JOBS, CONVERT = "/api/v1/vision/jobs/", "/api/v1/images/convert/"


@pytest.fixture
def mine(api: APIClient, ann: User) -> APIClient:
    """Ann's program."""
    api.force_authenticate(ann)
    return api


def converted(api: APIClient, **fields: Any) -> str:
    answer = api.post(CONVERT, {"image": pictures.upload(make.jpeg_bytes()), **fields}, format="multipart")
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def sure_of(script: dict[str, Any], *names: str) -> None:
    script["answer"] = {
        "taxon": make.candidate(names[0], 0.9),
        "candidates": [make.candidate(name, 0.9 if place == 0 else 0.05) for place, name in enumerate(names)],
    }


def test_the_animal_that_the_client_will_take_has_its_number_at_once(
    mine: APIClient, script: dict[str, Any]
) -> None:
    make.taxon("Canis lupus"), make.taxon("Vulpes vulpes")
    sure_of(script, "Canis lupus", "Vulpes vulpes")

    job = mine.get(f"{JOBS}{mine.post(JOBS, {'conversion_id': converted(mine)}).json()['id']}/").json()

    first, second = job["detected_animals"]
    assert (first["scientific_name"], first["creation_index"]) == ("Canis lupus", 1)
    assert job["animal_details"]["id"] == first["animal_id"]
    assert "creation_index" not in second
    assert Animal.objects.count() == 1


def test_what_is_not_sure_is_offered_but_never_taken_for_an_answer(
    mine: APIClient, script: dict[str, Any]
) -> None:
    make.taxon("Canis lupus")
    script["answer"] = {"candidates": [make.candidate("Canis lupus", 0.3)]}

    job = mine.get(f"{JOBS}{mine.post(JOBS, {'conversion_id': converted(mine)}).json()['id']}/").json()

    assert job["detected_animals"] == []
    assert [one["scientific_name"] for one in job["candidates"]] == ["Canis lupus"]
    assert not Animal.objects.exists()


def test_a_photo_sent_directly_gives_no_number_before_somebody_files_it(
    mine: APIClient, script: dict[str, Any]
) -> None:
    make.taxon("Canis lupus")
    sure_of(script, "Canis lupus")

    mine.post(JOBS, {"image": pictures.upload(make.jpeg_bytes())}, format="multipart")

    assert not Animal.objects.exists()


def test_the_rotation_that_was_converted_already_turns_nothing_twice(
    mine: APIClient, script: dict[str, Any]
) -> None:
    make.taxon("Canis lupus")
    sure_of(script, "Canis lupus")
    conversion = converted(mine, transformations='{"rotation": 90}')

    first = mine.post(JOBS, {"conversion_id": conversion})
    again = mine.post(
        JOBS, {"conversion_id": conversion, "post_conversion_transformations": {"rotation": 90.0}}
    )

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert again.json()["post_conversion_transformations"] == {"rotation": 90}
    assert again.json()["source_conversion"] == conversion


def test_two_animals_in_one_photo_are_two_identifications_of_its_parts(mine: APIClient) -> None:
    whole = converted(mine)
    left = {"x": 0, "y": 0, "width": 0.5, "height": 1}
    right = {"x": 0.5, "y": 0, "width": 0.5, "height": 1}

    jobs = [mine.post(JOBS, {"photo": whole, "crop": crop}).json() for crop in (left, right)]

    assert len({job["photo"] for job in jobs}) == 2
    assert Photo.objects.filter(parent=whole).count() == 2
    assert all(job["post_conversion_transformations"]["crop"] for job in jobs)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"conversion_id": "1"}, "conversion_id"),
    ({"post_conversion_transformations": {"rotation": 45}}, "post_conversion_transformations"),
    ({"post_conversion_transformations": "turn it"}, "post_conversion_transformations"),
    ({"post_conversion_transformations": {"mirror": True}}, "post_conversion_transformations"),
    ({"crop": {"x": 2, "y": 0, "width": 1, "height": 1}}, "crop"),
    ({"crop": [0, 0, 1, 1]}, "crop"),
    ({"photo": "00000000-0000-4000-8000-000000000000"}, "image"),
]


@pytest.mark.parametrize(("sent", "field"), BAD, ids=str)
def test_what_cannot_be_is_refused_by_name_and_starts_nothing(
    mine: APIClient, sent: dict[str, Any], field: str
) -> None:
    answer = mine.post(JOBS, {"conversion_id": converted(mine), **sent})

    assert (answer.status_code, field in answer.json()) == (400, True), answer.content
    assert not AnalysisJob.objects.exists()
    assert Photo.objects.count() == 1


def test_the_conversion_of_another_is_not_found(api: APIClient, ann: User, eve: User) -> None:
    api.force_authenticate(ann)
    conversion = converted(api)
    api.force_authenticate(eve)

    assert api.post(JOBS, {"conversion_id": conversion}).status_code == 404
    assert api.post(JOBS, {"conversion_id": str(uuid4())}).status_code == 404


def test_a_selected_animal_gets_its_number_and_stays_selected(mine: APIClient, ann: User) -> None:
    job = make.job(ann, candidates=[make.taxon("Canis lupus"), make.taxon("Vulpes vulpes")])

    answers = [mine.post(f"{JOBS}{job.pk}/select_animal/", {"animal_index": 1.0}).json() for _ in range(2)]

    assert answers[0]["selected_animal_index"] == 1
    assert answers[0]["animal_details"]["scientific_name"] == "Vulpes vulpes"
    assert (
        answers[0]["animal_details"]["creation_index"] == answers[1]["animal_details"]["creation_index"] == 1
    )


@pytest.mark.parametrize("index", [2, -1, "first", None, 10**20, True])
def test_an_animal_that_was_not_detected_cannot_be_selected(mine: APIClient, ann: User, index: Any) -> None:
    job = make.job(ann, candidates=[make.taxon(), make.taxon()])

    answer = mine.post(f"{JOBS}{job.pk}/select_animal/", {"animal_index": index})

    assert (answer.status_code, "animal_index" in answer.json()) == (400, True)
    assert not Animal.objects.exists()


def test_a_failed_identification_may_be_tried_again_turned(mine: APIClient, ann: User) -> None:
    job = make.job(ann, status="failed", completed_at=None, answer={})

    answer = mine.post(f"{JOBS}{job.pk}/retry/", {"transformations": {"rotation": 180.0}})

    assert answer.status_code == 200
    assert answer.json()["post_conversion_transformations"] == {"rotation": 180}


def test_only_a_failed_one_is_framed_anew(mine: APIClient, ann: User) -> None:
    job = make.job(ann)

    answer = mine.post(f"{JOBS}{job.pk}/retry/", {"transformations": {"rotation": 180}})

    assert answer.status_code == 409
    assert Photo.objects.count() == 1


def test_one_s_identifications_are_listed_and_counted_by_how_they_go(
    mine: APIClient, ann: User, eve: User
) -> None:
    done, failed = make.job(ann), make.job(ann, status="failed", completed_at=None, answer={})
    make.job(eve)

    assert [job["id"] for job in mine.get(f"{JOBS}completed/").json()["results"]] == [str(done.pk)]
    assert [job["id"] for job in mine.get(f"{JOBS}failed/").json()["results"]] == [str(failed.pk)]
    assert mine.get(f"{JOBS}pending/").json()["results"] == []
    assert mine.get(f"{JOBS}stats/").json() == {
        "pending": 0, "processing": 0, "completed": 1, "failed": 1, "total": 2,
    }  # fmt: skip
