"""How uploads end: as a photo, once; or with nothing left of them."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from rest_framework.test import APIClient

import pictures
from biologidex.accounts.models import User
from biologidex.media import services, storage
from biologidex.media.errors import DarkroomBusy
from biologidex.media.models import Photo, UploadPiece, UploadSession
from media.sending import PHOTO, Files, begin, kept, send, whole


@pytest.fixture
def anns(api: APIClient, ann: User) -> APIClient:
    api.force_authenticate(ann)
    return api


def test_finishing_again_is_the_same_photo(anns: APIClient) -> None:
    upload = whole(anns)

    first, again = anns.post(f"{upload}finish/"), anns.post(f"{upload}finish/")

    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert Photo.objects.count() == 1
    assert anns.get(upload).json()["photo"] == first.json()["id"]
    assert send(anns, upload, len(PHOTO), b"!").status_code == 409


def test_two_who_finish_at_once_get_the_same_photo(anns: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    upload, opened = whole(anns), storage.open_file

    def overtaken(name: str) -> Any:
        monkeypatch.setattr(storage, "open_file", opened)
        assert anns.post(f"{upload}finish/").status_code == 201
        session = UploadSession.objects.get()
        storage.remove_upload(session.pk)  # as its commit does
        return opened(name)

    monkeypatch.setattr(storage, "open_file", overtaken)

    assert anns.post(f"{upload}finish/").json()["id"] == str(Photo.objects.get().pk)


def test_what_has_not_come_whole_is_not_finished(anns: APIClient) -> None:
    upload = begin(anns)
    send(anns, upload, 0, PHOTO[:1000])

    answer = anns.post(f"{upload}finish/")

    assert (answer.status_code, answer["Upload-Offset"]) == (409, "1000")
    assert answer.json()["code"] == "upload_not_complete"


@pytest.mark.parametrize(
    ("content", "told", "code"),
    [
        (PHOTO, {"sha256": hashlib.sha256(b"another").hexdigest()}, "photo_altered"),
        (b"This is only a text.", {}, "not_a_photo"),
        (PHOTO[:2000], {}, "photo_unreadable"),
    ],
)
def test_of_what_can_be_no_photo_nothing_is_left(
    anns: APIClient,
    files: Files,
    django_capture_on_commit_callbacks: Any,
    content: bytes,
    told: dict[str, str],
    code: str,
) -> None:
    upload = whole(anns, content, **told)

    with django_capture_on_commit_callbacks(execute=True):
        answer = anns.post(f"{upload}finish/")

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert (kept(files), UploadSession.objects.count(), Photo.objects.count()) == ([], 0, 0)


def test_a_lost_piece_is_no_photo(anns: APIClient) -> None:
    upload = whole(anns)
    default_storage.delete(UploadPiece.objects.get().name)

    assert anns.post(f"{upload}finish/").json()["code"] == "photo_altered"
    assert not UploadSession.objects.exists()


def test_a_busy_server_loses_nothing(anns: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = whole(anns)

    def busy() -> None:
        raise DarkroomBusy("Come back.")

    with monkeypatch.context() as patched:
        patched.setattr("biologidex.media.services.photos.darkroom", busy)
        assert anns.post(f"{upload}finish/").status_code == 503

    assert anns.post(f"{upload}finish/").status_code == 201


def test_a_photo_beyond_the_size_of_a_form_comes_in_pieces(anns: APIClient, settings: Any) -> None:
    settings.MAX_UPLOAD_MB, settings.MAX_CHUNKED_MB = 1, 3
    content = pictures.jpeg() + bytes(2_900_000)
    upload = begin(anns, content)
    for at in range(0, len(content), 1_000_000):
        assert send(anns, upload, at, content[at : at + 1_000_000]).status_code == 204

    assert anns.post(f"{upload}finish/").status_code == 201


# --- ends -----------------------------------------------------------------------------------------


@pytest.fixture
def after_commit(django_capture_on_commit_callbacks: Any) -> Any:
    return django_capture_on_commit_callbacks


def expire(**which: Any) -> None:
    UploadSession.objects.filter(**which).update(expires_at=timezone.now() - timedelta(seconds=1))


def test_a_cancelled_upload_is_gone(anns: APIClient, files: Files, after_commit: Any) -> None:
    upload = whole(anns)

    with after_commit(execute=True):
        assert anns.delete(upload).status_code == 204

    assert kept(files) == []
    assert anns.get(upload).status_code == 404


def test_a_photo_stays_when_its_upload_goes(anns: APIClient, after_commit: Any) -> None:
    upload = whole(anns)
    photo = anns.post(f"{upload}finish/").json()["id"]

    with after_commit(execute=True):
        anns.delete(upload)

    with services.open_original(Photo.objects.get(pk=photo)) as original:
        assert original.read() == PHOTO


def test_an_upload_goes_with_its_photo(anns: APIClient, ann: User) -> None:
    upload = whole(anns)
    anns.post(f"{upload}finish/")

    services.delete_photo(by=ann, photo=Photo.objects.get())

    assert anns.get(upload).status_code == 404


def test_an_expired_upload_cannot_be_gone_on_with_and_is_swept(
    anns: APIClient, files: Files, after_commit: Any
) -> None:
    upload, other = whole(anns), whole(anns, pictures.jpeg())
    expire(pk=upload.split("/")[-2])

    assert send(anns, upload, len(PHOTO), b"").status_code == 404
    assert anns.post(f"{upload}finish/").status_code == 404
    with after_commit(execute=True):
        assert services.sweep_uploads() == 1

    assert len(kept(files)) == 1
    assert anns.get(other).status_code == 200


def test_expired_uploads_make_room_for_new_ones(anns: APIClient, files: Files, after_commit: Any) -> None:
    for _ in range(20):
        whole(anns)
    expire()

    with after_commit(execute=True):
        begin(anns)

    assert (UploadSession.objects.count(), kept(files)) == (1, [])


def test_files_of_uploads_that_are_gone_are_swept(anns: APIClient, ann: User, files: Files) -> None:
    whole(anns)
    ann.delete()

    assert services.sweep_uploads() == 0
    assert kept(files) == []


def test_a_finished_upload_keeps_its_photo_for_a_day_only(
    anns: APIClient, ann: User, after_commit: Any, files: Files
) -> None:
    anns.post(f"{whole(anns)}finish/")
    Photo.objects.update(came_at=timezone.now() - timedelta(hours=25))
    assert services.sweep_unused() == ()
    expire()

    with after_commit(execute=True):
        services.sweep_uploads()
        services.sweep_unused()

    assert (kept(files), Photo.objects.count()) == ([], 0)
