"""Uploads in pieces: announced, interrupted, gone on with, finished once; nothing is left of what comes to nothing."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from rest_framework.test import APIClient

import make
import pictures
from biologidex.accounts.models import User
from biologidex.media import services, storage
from biologidex.media.framing import Crop, Framing
from biologidex.media.models import Photo, UploadPiece, UploadSession
from media.sending import (
    PHOTO,
    PIECE,
    SHA256,
    UPLOADS,
    Files,
    begin,
    bytes_in,
    kept,
    loses_the_connection_after_a_commit,
    send,
    whole,
)


@pytest.fixture
def anns(api: APIClient, ann: User) -> APIClient:
    api.force_authenticate(ann)
    return api


def test_a_photo_sent_in_pieces_is_a_photo(
    anns: APIClient, ann: User, files: Files, django_capture_on_commit_callbacks: Any
) -> None:
    announced = anns.post(UPLOADS, {"size": len(PHOTO), "sha256": SHA256})
    upload = announced["Location"].removeprefix("http://testserver")
    at = 0
    while at < len(PHOTO):
        answer = send(anns, upload, at, PHOTO[at : at + 1000])
        at = int(answer["Upload-Offset"])
        assert (answer.status_code, answer.content) == (204, b"")

    with django_capture_on_commit_callbacks(execute=True):
        done = anns.post(f"{upload}finish/")

    assert done.status_code == 201
    photo = Photo.objects.get(pk=done.json()["id"])
    assert (photo.owner, photo.sha256, photo.size) == (ann, SHA256, len(PHOTO))
    assert anns.get(f"/api/v1/images/convert/{photo.pk}/").json() == done.json()
    assert kept(files) == ["card.jpg", "full.jpg", "original.jpg", "thumb.jpg"]
    assert not UploadPiece.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_piece_whose_commit_nobody_answered_for_has_come(
    api: APIClient, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.force_authenticate(make.user("ann"))
    upload = begin(api)
    api.raise_request_exception = False
    with monkeypatch.context() as patched:
        loses_the_connection_after_a_commit(patched)
        told = send(api, upload, 0, PHOTO[:1000])
    connection.close()

    so_far = int(api.head(upload)["Upload-Offset"])
    rest = send(api, upload, so_far, PHOTO[so_far:])
    done = api.post(f"{upload}finish/")

    assert (told.status_code, so_far) == (503, 1000)
    assert (rest.status_code, done.status_code) == (204, 201)
    assert kept(files) == ["card.jpg", "full.jpg", "original.jpg", "thumb.jpg"]


def test_one_may_ask_how_far_it_is(anns: APIClient) -> None:
    upload = begin(anns)
    send(anns, upload, 0, PHOTO[:1000])

    told, header = anns.get(upload), anns.head(upload)

    assert (told.json()["offset"], told.json()["size"]) == (1000, len(PHOTO))
    assert "photo" not in told.json()
    assert (header.status_code, header["Upload-Offset"], header["Upload-Length"]) == (
        200, "1000", str(len(PHOTO)),
    )  # fmt: skip
    assert header["Cache-Control"] == "no-store"


@pytest.mark.parametrize("offset", [0, 999, 1001])
def test_a_piece_for_another_place_is_told_the_right_one(anns: APIClient, files: Files, offset: int) -> None:
    upload = begin(anns)
    send(anns, upload, 0, PHOTO[:1000])
    before = kept(files)

    answer = send(anns, upload, offset, PHOTO[offset : offset + 10])

    assert (answer.status_code, answer["Upload-Offset"]) == (409, "1000")
    assert answer.json() == {"detail": "This upload goes on from byte 1000.", "code": "wrong_offset"}
    assert kept(files) == before


def test_of_two_who_send_the_same_piece_at_once_one_is_first(
    anns: APIClient, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload, keep = begin(anns), storage.keep_piece

    def overtaken(*args: Any) -> str:
        monkeypatch.setattr(storage, "keep_piece", keep)
        assert send(anns, upload, 0, PHOTO[:500]).status_code == 204
        return keep(*args)

    monkeypatch.setattr(storage, "keep_piece", overtaken)

    answer = send(anns, upload, 0, PHOTO[:1000])

    assert (answer.status_code, answer["Upload-Offset"]) == (409, "500")
    assert len(kept(files)) == 1
    assert send(anns, upload, 500, PHOTO[500:]).status_code == 204
    assert anns.post(f"{upload}finish/").status_code == 201


def test_a_piece_whose_sender_was_cut_off_counts_as_far_as_it_came(ann: User) -> None:
    session = services.begin_upload(by=ann, size=len(PHOTO))

    offset = services.append(
        by=ann, session=session, offset=0, content=io.BytesIO(PHOTO[:300]), length=len(PHOTO)
    )

    assert offset == session.offset == 300


def test_an_empty_piece_changes_nothing(anns: APIClient, files: Files) -> None:
    answer = send(anns, begin(anns), 0, b"")

    assert (answer.status_code, answer["Upload-Offset"], kept(files)) == (204, "0", [])


def test_more_than_was_announced_is_refused(anns: APIClient, files: Files) -> None:
    answer = send(anns, begin(anns), 0, PHOTO + b"!")

    assert (answer.status_code, answer.json()["code"], kept(files)) == (413, "upload_too_large", [])


def test_a_piece_has_at_most_the_size_of_an_upload(anns: APIClient, settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 1
    content = PHOTO + bytes(1_000_000)
    upload = begin(anns, content)

    assert anns.get(upload).json()["longest_piece"] == 1_000_000
    assert send(anns, upload, 0, content).status_code == 413
    assert send(anns, upload, 0, content[:1_000_000]).status_code == 204
    assert send(anns, upload, 1_000_000, content[1_000_000:]).status_code == 204
    assert anns.post(f"{upload}finish/").status_code == 201


@pytest.mark.parametrize("offset", ["", "-1", "1.0", "many", "٣", "9" * 13])
def test_an_offset_is_a_number(anns: APIClient, offset: str) -> None:
    upload = begin(anns)

    answer = anns.generic("PATCH", upload, PHOTO, PIECE, HTTP_UPLOAD_OFFSET=offset)

    assert (answer.status_code, list(answer.json())) == (400, ["Upload-Offset", "code"])


def test_a_piece_of_another_kind_is_refused(anns: APIClient) -> None:
    answer = anns.patch(begin(anns), {"piece": 1}, headers={"Upload-Offset": "0"})

    assert answer.status_code == 415


# --- announcing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({}, "size"),
        ({"size": 0}, "size"),
        ({"size": -5}, "size"),
        ({"size": 10**20}, "size"),
        ({"size": True}, "size"),
        ({"size": "many"}, "size"),
        ({"size": 5, "sha256": "abc"}, "sha256"),
        ({"size": 5, "sha256": "g" * 64}, "sha256"),
        ({"size": 5, "sha256": 7}, "sha256"),
        ({"size": 5, "sha256": "\0" * 64}, "sha256"),
    ],
)
def test_what_cannot_be_announced_is_refused_by_name(
    anns: APIClient, told: dict[str, Any], field: str
) -> None:
    answer = anns.post(UPLOADS, told)

    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not UploadSession.objects.exists()


def test_a_file_over_the_limit_is_refused_when_it_is_announced(anns: APIClient) -> None:
    assert anns.post(UPLOADS, {"size": 100_000_000}).status_code == 201

    answer = anns.post(UPLOADS, {"size": 100_000_001.0})

    assert (answer.status_code, answer.json()["size"]) == (
        413, ["At most 100 MB are taken. Please send a smaller photo."],
    )  # fmt: skip


def test_the_same_file_announced_again_is_the_same_upload(anns: APIClient) -> None:
    upload = begin(anns, sha256=SHA256)
    send(anns, upload, 0, PHOTO[:1000])

    again = anns.post(UPLOADS, {"size": len(PHOTO), "sha256": SHA256.upper()})

    assert (f"{UPLOADS}{again.json()['id']}/", again["Upload-Offset"]) == (upload, "1000")
    assert begin(anns) != upload


def test_one_may_not_begin_without_end(anns: APIClient) -> None:
    for _ in range(20):
        begin(anns)

    answer = anns.post(UPLOADS, {"size": 5})

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_uploads")


def test_an_upload_is_its_owner_s_alone(api: APIClient, ann: User, eve: User) -> None:
    assert api.post(UPLOADS, {"size": 5}).status_code == 401
    api.force_authenticate(ann)
    upload = whole(api)
    api.force_authenticate(eve)

    for other in (upload, f"{UPLOADS}{uuid4()}/"):
        assert api.get(other).status_code == 404
        assert send(api, other, 0, PHOTO).status_code == 404
        assert api.post(f"{other}finish/").status_code == 404
        assert api.delete(other).status_code == 404
    assert UploadSession.objects.count() == 1


@pytest.mark.parametrize("upload", ["..%2F..%2Fphotos", "../../photos", "1", "%00"])
def test_no_id_leads_anywhere_else(anns: APIClient, upload: str) -> None:
    assert send(anns, f"{UPLOADS}{upload}/", 0, PHOTO).status_code == 404


# --- quota ----------------------------------------------------------------------------------------


def test_stored_and_coming_photos_share_the_room_of_a_person(
    anns: APIClient, ann: User, bob: User, settings: Any
) -> None:
    settings.QUOTA_MB = 1
    make.photo(ann, size=500_000)
    make.photo(bob, size=900_000)
    assert anns.post(UPLOADS, {"size": 300_000}).status_code == 201

    answer = anns.post(UPLOADS, {"size": 300_000})

    assert (answer.status_code, answer.json()["code"]) == (413, "quota_exceeded")
    assert "1 MB that this server gives" in answer.json()["size"][0]
    assert anns.post(UPLOADS, {"size": 150_000}).status_code == 201


def test_a_photo_without_room_is_refused_and_one_that_is_here_costs_none(
    ann: User, settings: Any, files: Files
) -> None:
    photo = services.store_photo(by=ann, upload=pictures.upload(PHOTO))
    Photo.objects.update(size=1_000_000)
    settings.QUOTA_MB = 1
    before = kept(files)

    with pytest.raises(services.photos.QuotaExceeded):
        services.store_photo(by=ann, upload=pictures.upload(pictures.heic()))

    assert services.store_photo(by=ann, upload=pictures.upload(PHOTO)) == photo
    assert kept(files) == before


def test_pictures_made_from_a_photo_take_room_too(ann: User, settings: Any, files: Files) -> None:
    settings.QUOTA_MB = 1
    photo = services.store_photo(by=ann, upload=pictures.upload(pictures.noise(300)))
    parts = (Framing(None, Crop(0, 0, 1 - number / 20, 1)) for number in range(1, 20))

    with pytest.raises(services.photos.QuotaExceeded):
        for part in parts:
            services.frame(by=ann, photo=photo, framing=part)

    assert Photo.objects.count() > 2
    assert bytes_in(files) <= 1_000_000


def test_a_picture_for_which_there_is_no_room_is_shown_and_not_kept(
    ann: User, settings: Any, files: Files
) -> None:
    photo = services.store_photo(by=ann, upload=pictures.upload(pictures.noise(700)))
    Photo.objects.update(size=1_000_000)
    settings.QUOTA_MB = 1

    with services.open_picture(photo.pk, "dex") as picture:
        assert picture.read(4) == b"\x89PNG"

    assert "dex.png" not in kept(files)


def test_a_picture_that_is_kept_counts_once(ann: User, files: Files) -> None:
    photo = services.store_photo(by=ann, upload=pictures.upload(PHOTO))

    for _ in range(2):
        services.open_picture(photo.pk, "dex").close()

    assert "dex.png" in kept(files)
    assert services.photos.stored_bytes(ann) == bytes_in(files)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_photos_that_come_at_once_stay_within_the_room_together(settings: Any, files: Files) -> None:
    settings.QUOTA_MB = 1
    ann, start = make.user("ann"), threading.Barrier(4)
    contents = [pictures.noise(500) for _ in range(4)]

    def give(content: bytes) -> str:
        start.wait()
        try:
            services.store_photo(by=ann, upload=pictures.upload(content))
        except services.photos.QuotaExceeded as error:
            return error.code
        finally:
            connections.close_all()
        return "kept"

    with ThreadPoolExecutor(4) as phones:
        outcomes = list(phones.map(give, contents))

    assert set(outcomes) == {"kept", "quota_exceeded"}
    assert services.photos.stored_bytes(ann) == bytes_in(files) <= 1_000_000


def test_a_server_may_give_as_much_room_as_there_is(ann: User, anns: APIClient, settings: Any) -> None:
    settings.QUOTA_MB = 0
    make.photo(ann, size=2_000_000_000)

    assert anns.post(UPLOADS, {"size": 5}).status_code == 201
