"""Identification over the API."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.core.jobs import runner
from biologidex.media.darkroom import Darkroom
from biologidex.media.errors import PhotoUnreadable
from biologidex.media.models import Photo
from biologidex.vision.models import AnalysisJob

pytestmark = pytest.mark.django_db(transaction=True)
JOBS = "/api/v1/vision/jobs/"


def _jpeg() -> bytes:
    content = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(content, "JPEG")
    return content.getvalue()


def _send(api: APIClient, content: bytes, name: str = "image.jpg") -> Any:
    return api.post(JOBS, {"image": SimpleUploadedFile(name, content, "image/jpeg")}, format="multipart")


def test_a_photo_sent_is_a_job_to_ask_for_until_it_is_done(
    api: APIClient, ann: User, script: dict[str, Any]
) -> None:
    wolf = make.taxon("Canis lupus", common_name="Gray wolf")
    script["answer"] = {
        "taxon": make.candidate("Canis lupus", 0.9),
        "candidates": [make.candidate("Canis lupus", 0.9)],
    }
    api.force_authenticate(ann)

    sent = _send(api, _jpeg())
    job = api.get(f"{JOBS}{sent.json()['id']}/").json()

    assert sent.status_code == 201
    assert (job["status"], job["progress"]) == ("completed", 1.0)
    assert job["detected_animals"][0]["scientific_name"] == "Canis lupus"
    assert job["detected_animals"][0]["taxon_id"] == wolf.pk
    assert "animal_id" not in job["detected_animals"][0]  # nobody has found a wolf here yet
    assert None not in job.values()
    assert None not in job["detected_animals"][0].values()


def test_an_animal_found_before_is_named_with_its_number(
    api: APIClient, ann: User, script: dict[str, Any]
) -> None:
    known = make.animal(make.taxon("Canis lupus"))
    script["answer"] = {
        "taxon": make.candidate("Canis lupus", 0.9),
        "candidates": [make.candidate("Canis lupus", 0.9)],
    }
    api.force_authenticate(ann)

    detected = api.get(f"{JOBS}{_send(api, _jpeg()).json()['id']}/").json()["detected_animals"][0]

    assert (detected["animal_id"], detected["creation_index"]) == (str(known.pk), known.creation_index)


def test_the_picture_of_a_job_opens_without_signing_in(
    api: APIClient, ann: User, script: dict[str, Any]
) -> None:
    script["answer"] = {}
    api.force_authenticate(ann)
    address = _send(api, _jpeg()).json()["image"]

    answer = APIClient().get(address)

    assert address.startswith("http://testserver/")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("image/")
    answer.close()


def test_a_repeated_upload_answers_with_the_same_job(
    api: APIClient, ann: User, script: dict[str, Any]
) -> None:
    script["answer"] = {}
    api.force_authenticate(ann)
    content = _jpeg()

    first, second = _send(api, content), _send(api, content)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_jobs(api: APIClient, ann: User, count: int) -> None:
    for _ in range(count):
        taxa = [make.taxon(), make.taxon()]
        make.animal(taxa[0])
        make.job(ann, candidates=taxa)
    make.job(ann, status="pending", completed_at=None, answer={})
    api.force_authenticate(ann)

    with CaptureQueriesContext(connection) as queries:
        jobs = api.get(JOBS).json()["results"]

    assert [len(job["detected_animals"]) for job in jobs] == [0, *[2] * count]
    assert all(job["detected_animals"][0]["creation_index"] for job in jobs[1:])
    assert len(queries) == 4, [query["sql"] for query in queries]


def test_jobs_of_others_do_not_exist(api: APIClient, ann: User, eve: User) -> None:
    job = make.job(ann)
    api.force_authenticate(eve)

    answers = [
        api.get(f"{JOBS}{job.pk}/"),
        api.delete(f"{JOBS}{job.pk}/"),
        api.post(f"{JOBS}{job.pk}/retry/"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert api.get(JOBS).json()["results"] == []
    assert AnalysisJob.objects.filter(pk=job.pk).exists()


def test_a_job_thrown_away_takes_its_photo_along(api: APIClient, ann: User) -> None:
    job = make.job(ann)
    api.force_authenticate(ann)

    assert api.delete(f"{JOBS}{job.pk}/").status_code == 204

    assert not AnalysisJob.objects.exists()
    assert not Photo.objects.exists()


NOT_PHOTOS = [
    ("text", b"This is only text.", 400),
    ("nothing", b"", 400),
    ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", 400),
    ("html", b"<!doctype html><script>alert(1)</script>", 400),
    ("truncated", _jpeg()[:2000], 400),
    ("polyglot", _jpeg() + b"<script>alert(1)</script>", 400),
    ("too large", _jpeg() + bytes(26_000_000), 413),
]


@pytest.mark.parametrize(("what", "content", "status"), NOT_PHOTOS, ids=[what for what, _, _ in NOT_PHOTOS])
def test_what_is_not_a_photo_is_refused_in_words_and_leaves_nothing(
    api: APIClient, ann: User, media_folder: Path, what: str, content: bytes, status: int
) -> None:
    api.force_authenticate(ann)

    answer = _send(api, content)

    assert answer.status_code == status
    sentence = " ".join(answer.json()["image"])
    assert len(sentence) > 20
    assert "Traceback" not in sentence
    assert not Photo.objects.exists()
    assert not AnalysisJob.objects.exists()
    assert [file for file in media_folder.rglob("*") if file.is_file()] == []


@pytest.mark.parametrize("body", [{}, {"image": "a string"}])
def test_a_request_without_a_file_says_what_is_missing(
    api: APIClient, ann: User, body: dict[str, str]
) -> None:
    api.force_authenticate(ann)

    answer = api.post(JOBS, body, format="multipart")

    assert answer.status_code == 400
    assert "image" in answer.json()


def test_without_signing_in_nothing_is_taken(api: APIClient) -> None:
    assert _send(api, _jpeg()).status_code == 401
    assert not Photo.objects.exists()


def test_a_photo_is_opened_only_by_the_work_that_identifies_it(
    api: APIClient, ann: User, script: dict[str, Any], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends it waits for the answer: decoding it takes longer than all the rest."""
    settings.JOBS_DOORBELL = "biologidex.core.jobs.threads.ring"
    script["answer"] = {"candidates": []}
    opened = []
    develop = Darkroom.develop
    monkeypatch.setattr(Darkroom, "develop", lambda *told, **how: opened.append(1) or develop(*told, **how))
    api.force_authenticate(ann)

    sent = _send(api, _jpeg())

    assert (sent.status_code, opened) == (201, [])
    runner.run_due()
    assert api.get(f"{JOBS}{sent.json()['id']}/").json()["status"] == "completed"
    assert opened == [1]


def test_a_photo_that_turns_out_to_be_no_picture_fails_and_says_so(
    api: APIClient, ann: User, script: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: Any, **__: Any) -> None:
        raise PhotoUnreadable("This photo could not be read.")

    monkeypatch.setattr(Darkroom, "develop", unreadable)
    api.force_authenticate(ann)

    sent = _send(api, _jpeg()).json()

    job = api.get(f"{JOBS}{sent['id']}/").json()
    assert (job["status"], script.get("asked")) == ("failed", None)
    assert job["error_message"] == "This photo could not be read. Try another one."
