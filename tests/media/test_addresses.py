"""Who has the address sees the picture, as long as its viewer may; the photo itself is its owner's alone."""

from typing import Any
from uuid import uuid4

import pytest
from django.core import signing
from django.test import Client
from rest_framework.test import APIClient

import make
import pictures
from biologidex.accounts.models import User
from biologidex.media import services, tokens
from biologidex.media.models import Photo

DAY = 24 * 60 * 60
NOW = 1_780_000_000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """A clock that stands still unless it is set."""
    time = {"now": float(NOW)}
    monkeypatch.setattr(tokens.time, "time", lambda: time["now"])
    return time


@pytest.fixture
def photo(ann: User) -> Photo:
    return make.photo(ann)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("variant", ["full", "card", "thumb"])
def test_anybody_with_the_address_sees_the_picture(client: Client, photo: Photo, variant: str) -> None:
    answer = client.get(services.address(photo, variant, viewer=photo.owner))

    with services.open_variant(photo, variant) as kept:
        assert (answer.status_code, body(answer)) == (200, kept.read())
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Disposition"] == f'inline; filename="{variant}.jpg"'
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_looking_at_one_s_own_picture_asks_the_database_once(
    client: Client, photo: Photo, django_assert_num_queries: Any
) -> None:
    address = services.address(photo, "thumb", viewer=photo.owner)

    with django_assert_num_queries(1):
        client.get(address).close()


def test_a_browser_keeps_the_picture_until_the_address_expires(
    client: Client, photo: Photo, clock: dict[str, float]
) -> None:
    address = services.address(photo, "card", viewer=photo.owner)

    answer = client.get(address)
    answer.close()

    left = int(answer["Cache-Control"].removeprefix("private, max-age="))
    assert 8 * DAY <= left <= 15 * DAY  # the promised week, after a day for which an answer may be kept
    clock["now"] += left
    assert client.get(address).status_code == 404


def test_the_address_stays_the_same_for_days_and_works_for_a_week_at_least(
    photo: Photo, clock: dict[str, float]
) -> None:
    addresses = []
    for _ in range(7 * 4):
        addresses.append(services.address(photo, "card", viewer=photo.owner))
        assert (
            tokens.opened(addresses[-1].removeprefix("/photos/").removesuffix(".jpg")).seconds_left()
            >= 8 * DAY
        )
        clock["now"] += DAY / 4

    assert 1 <= len(set(addresses)) <= 2


def test_not_all_addresses_change_at_once(clock: dict[str, float]) -> None:
    ids = [uuid4() for _ in range(50)]
    before = [tokens.token_for(one, "card", viewer_id=None) for one in ids]
    clock["now"] += DAY

    changed = sum(
        old != tokens.token_for(one, "card", viewer_id=None) for one, old in zip(ids, before, strict=True)
    )

    assert 0 < changed < 25


def test_a_picture_that_did_not_change_is_not_sent_again(client: Client, photo: Photo) -> None:
    address = services.address(photo, "card", viewer=photo.owner)
    first = client.get(address)
    body(first)

    again = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"].startswith("private, max-age=")


def test_asking_about_a_picture_tells_its_size(client: Client, photo: Photo) -> None:
    address = services.address(photo, "card", viewer=photo.owner)

    answer = client.head(address)

    with services.open_variant(photo, "card") as kept:
        assert int(answer["Content-Length"]) == len(kept.read())
    assert (answer.status_code, body(answer)) == (200, b"")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_pictures_are_only_looked_at(client: Client, photo: Photo, method: str) -> None:
    assert getattr(client, method)(services.address(photo, "card", viewer=photo.owner)).status_code == 405


def test_an_address_cannot_be_changed_into_another(client: Client, ann: User, photo: Photo) -> None:
    other = make.photo(ann)
    token = tokens.token_for(photo.pk, "thumb", viewer_id=photo.owner_id)
    value, _, signature = token.rpartition(".")
    photo_id, variant, viewer, expires = value.split(".")
    forged = [
        f"{photo_id}.full.{viewer}.{expires}.{signature}",
        f"{other.pk.hex}.{variant}.{viewer}.{expires}.{signature}",
        f"{photo_id}.{variant}.{uuid4().hex}.{expires}.{signature}",
        f"{photo_id}.{variant}.{viewer}.{int(expires, 16) + DAY:x}.{signature}",
        f"{value}.{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
        value,
        signing.Signer(sep=".", salt="another purpose").sign(value),
        signing.Signer(sep=".", key="another server", salt="biologidex.media.address").sign(value),
        "",
        "x" * 150,
        f"{value}..{signature}",
    ]

    assert [client.get(f"/photos/{one}.jpg").status_code for one in forged] == [404] * len(forged)
    answer = client.get(f"/photos/{token}.jpg")
    answer.close()
    assert answer.status_code == 200


@pytest.mark.parametrize("value", ["nonsense", "a.b.c", "..", "zz.card.ffffffffff", "."])
def test_even_a_signed_riddle_opens_nothing(client: Client, value: str) -> None:
    assert client.get(f"/photos/{tokens.SIGNER.sign(value)}.jpg").status_code == 404


def test_no_address_leads_to_an_original(client: Client, photo: Photo) -> None:
    expires = f"{NOW * 2:x}"

    assert (
        client.get(
            f"/photos/{tokens.SIGNER.sign(f'{photo.pk.hex}.original.{photo.owner_id.hex}.{expires}')}.jpg"
        ).status_code
        == 404
    )
    assert (
        client.get(
            f"/photos/{tokens.SIGNER.sign(f'{photo.pk.hex}.../card.{photo.owner_id.hex}.{expires}')}.jpg"
        ).status_code
        == 404
    )
    with pytest.raises(ValueError, match="variant"):
        services.address(photo, "original", viewer=photo.owner)


def test_a_deleted_photo_is_not_shown_any_more(
    client: Client,
    ann: User,
    photo: Photo,
    django_capture_on_commit_callbacks: Any,
) -> None:
    address = services.address(photo, "card", viewer=photo.owner)
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_photo(by=ann, photo=photo)

    assert client.get(address).status_code == 404


def test_media_files_have_no_other_address(client: Client, photo: Photo) -> None:
    assert client.get(f"/media/{photo.original.name}").status_code == 404
    assert client.get(f"/{photo.original.name}").status_code == 404


# --- the original ---------------------------------------------------------------------------------


def original_of(photo: Photo) -> str:
    return f"/api/v1/photos/{photo.pk}/original/"


def test_the_owner_gets_the_photo_back_as_it_came(api: APIClient, ann: User) -> None:
    content = pictures.heic(exif=pictures.exif(gps=pictures.place(52.5, 13.4)))
    photo = services.store_photo(by=ann, upload=pictures.upload(content, "my secret garden.jpg"))
    api.force_authenticate(ann)

    answer = api.get(original_of(photo))

    assert (answer.status_code, body(answer)) == (200, content)
    assert answer["Content-Type"] == "image/heic"
    assert answer["Content-Disposition"] == f'attachment; filename="photo-{photo.pk.hex[:8]}.heic"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("accepted", ["image/jpeg", "image/avif,image/webp,*/*;q=0.8", "text/html"])
def test_whatever_a_program_prefers_it_gets_the_photo(
    api: APIClient, ann: User, photo: Photo, accepted: str
) -> None:
    api.force_authenticate(ann)

    answer = api.get(original_of(photo), headers={"Accept": accepted})
    answer.close()

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")


def test_for_everybody_else_there_is_no_original(api: APIClient, photo: Photo, bob: User, eve: User) -> None:
    assert api.get(original_of(photo)).status_code == 401
    for person in (bob, eve):
        api.force_authenticate(person)
        assert api.get(original_of(photo)).status_code == 404
        assert api.get(f"/api/v1/photos/{uuid4()}/original/").status_code == 404
