"""Photos in a bucket: kept, shown, swept as in a folder; large ones sent there directly, by leave that is signed."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest
from django.core.files.storage import storages
from django.test import Client
from rest_framework.test import APIClient

import make
import pictures
from biologidex.accounts.models import User
from biologidex.config import storages as settings_of
from biologidex.config.env import BadValue
from biologidex.media import services
from biologidex.media.framing import Framing
from biologidex.media.models import Photo, UploadSession
from media.s3_server import SECRET, Store, bucket

pytestmark = pytest.mark.django_db
DIRECT = "/api/v1/uploads/direct/"
PHOTO = pictures.jpeg(400, 300)


@pytest.fixture
def store(settings: Any) -> Iterator[Store]:
    """A bucket of this test's own, in the place of the folder."""
    with bucket() as running:
        settings.STORAGES = {**settings.STORAGES, "default": settings_of.of(running.address)}
        yield running
        storages["default"].connection.meta.client.close()
        assert running.refused == 0 or getattr(running, "expected", False)


@pytest.fixture
def anns(api: APIClient, ann: User) -> APIClient:
    api.force_authenticate(ann)
    return api


def announce(api: APIClient, content: bytes = PHOTO, **told: Any) -> dict[str, Any]:
    answer = api.post(DIRECT, {"size": len(content), **told})
    assert answer.status_code == 201, answer.content
    return answer.json()


def send(told: dict[str, Any], content: bytes = PHOTO) -> int:
    return httpx.put(told["url"], content=content, headers=told["headers"]).status_code


def finish(api: APIClient, told: dict[str, Any]) -> Any:
    return api.post(f"/api/v1/uploads/{told['id']}/finish/")


def test_a_photo_is_kept_and_shown_in_every_size(store: Store, ann: User, client: Client) -> None:
    photo = make.photo(ann)

    for variant in ("full", "card", "thumb", "dex"):
        answer = client.get(services.address(photo, variant, viewer=ann))
        content = b"".join(answer.streaming_content)
        assert (answer.status_code, int(answer["Content-Length"])) == (200, len(content))
    with services.open_original(photo) as original:
        assert hashlib.sha256(original.read()).hexdigest() == photo.sha256
    assert len(store.objects) == 5


def test_a_framed_photo_is_made_from_the_original_there(store: Store, ann: User) -> None:
    photo = make.photo(ann)

    framed = services.frame(by=ann, photo=photo, framing=Framing(rotation=90))

    assert (framed.width, framed.height) == (photo.height, photo.width)


def test_a_photo_that_is_deleted_is_gone_from_the_bucket(
    store: Store, ann: User, django_capture_on_commit_callbacks: Any
) -> None:
    photo = make.photo(ann)

    with django_capture_on_commit_callbacks(execute=True):
        services.delete_photo(by=ann, photo=photo)

    assert store.objects == {}


def test_files_of_nobody_are_swept(store: Store, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, lost = make.photo(ann), make.photo(ann)
    Photo.objects.filter(pk=lost.pk).delete()
    monkeypatch.setattr("biologidex.media.services.sweeping.GRACE", timedelta(0))

    swept = services.sweep_orphans()

    assert swept.removed == (lost.pk,)
    assert {name.split("/")[2] for name in store.objects} == {str(kept.pk)}


@pytest.mark.django_db(transaction=True)
def test_a_photo_sent_directly_becomes_a_photo_once(store: Store, anns: APIClient) -> None:
    told = announce(anns, sha256=hashlib.sha256(PHOTO).hexdigest())

    assert send(told) == 200
    first, again = finish(anns, told), finish(anns, told)

    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert anns.get(f"/api/v1/images/convert/{first.json()['id']}/").status_code == 200
    assert not [name for name in store.objects if name.startswith("uploads/")]


@pytest.mark.parametrize("content", [PHOTO + b"!", PHOTO[:-1]])
def test_the_leave_is_for_a_file_of_just_that_size(store: Store, anns: APIClient, content: bytes) -> None:
    told = announce(anns)
    store.expected = True  # type: ignore[attr-defined]

    answer = httpx.put(told["url"], content=content)

    assert answer.status_code == 403
    assert finish(anns, told).status_code == 409
    assert not Photo.objects.exists()


def test_the_leave_runs_out(store: Store, anns: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("biologidex.media.services.uploads.LEAVE_SECONDS", 0)
    told = announce(anns)
    store.expected = True  # type: ignore[attr-defined]

    assert send(told) == 403


@pytest.mark.django_db(transaction=True)
def test_what_arrives_is_looked_at_and_what_is_no_photo_is_gone(store: Store, anns: APIClient) -> None:
    text = b"This is only text."
    told = announce(anns, text)
    send(told, text)

    assert finish(anns, told).status_code == 400

    assert store.objects == {}
    assert not UploadSession.objects.exists()


def test_a_file_that_was_exchanged_on_its_way_is_refused(store: Store, anns: APIClient) -> None:
    other = pictures.jpeg(400, 301)
    told = announce(anns, other, sha256=hashlib.sha256(PHOTO).hexdigest())
    send(told, other)

    assert finish(anns, told).status_code == 400
    assert not Photo.objects.exists()


def test_the_leave_tells_no_secret(store: Store, anns: APIClient) -> None:
    assert SECRET not in str(announce(anns))


def test_a_folder_takes_nothing_directly_and_says_what_does(anns: APIClient) -> None:
    answer = anns.post(DIRECT, {"size": 5})

    assert answer.status_code in {409, 501, 503}
    assert "pieces" in answer.json()["detail"]
    assert not UploadSession.objects.exists()


BAD = ["s3://bucket", "s3://key@host/bucket", "gs://k:s@host/bucket", "s3://k:hush@host/a/b", "s3://k:hush@host/b?x=1",
       "s3://k:hush@host:port/b", "s3://k:hush@host/b?secure=perhaps"]  # fmt: skip


@pytest.mark.parametrize("address", BAD)
def test_an_address_that_cannot_be_used_is_refused_without_its_secret(address: str) -> None:
    with pytest.raises(BadValue) as refused:
        settings_of.of(address)

    assert "hush" not in str(refused.value)
