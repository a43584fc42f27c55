"""Photos on cards over the API: put there, taken off, and how long they stay."""

import pytest
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.dex import services
from biologidex.dex.models import DexEntry
from biologidex.media import services as media
from biologidex.media.framing import Crop, Framing
from biologidex.media.models import Photo

pytestmark = pytest.mark.django_db
ENTRIES = "/api/v1/dex/entries/"


@pytest.fixture
def mine(api: APIClient, ann: User) -> APIClient:
    """Ann's program."""
    api.force_authenticate(ann)
    return api


def address(entry: DexEntry, *rest: object) -> str:
    return "/".join([f"{ENTRIES}{entry.pk}", *(str(part) for part in rest), ""])


def test_photos_are_put_onto_a_card_and_taken_off(mine: APIClient, ann: User) -> None:
    entry, photo, job = make.dex_entry(ann), make.photo(ann), make.job(ann)

    mine.post(address(entry, "photos"), {"photo": str(photo.pk)})
    told = mine.post(address(entry, "photos"), {"source_vision_job": str(job.pk)}).json()
    again = mine.post(address(entry, "photos"), {"photo": str(photo.pk)})
    removed = mine.delete(address(entry, "photos", photo.pk))

    job.refresh_from_db()
    assert len(told["images"]) == 3
    assert len(again.json()["images"]) == 3
    assert removed.status_code == 204
    assert job.settled_at
    assert not Photo.objects.filter(pk=photo.pk).exists()
    assert entry.photos.count() == 2


def test_nobody_puts_a_photo_of_another_onto_a_card(mine: APIClient, ann: User, bob: User) -> None:
    entry, photo = make.dex_entry(ann), make.photo(bob)

    assert mine.post(address(entry, "photos"), {"photo": str(photo.pk)}).status_code == 404
    assert mine.post(address(entry, "photos"), {}).status_code == 400
    assert entry.photos.count() == 1


def test_a_card_without_a_photo_shows_a_blank_plate(mine: APIClient, ann: User) -> None:
    entry = make.dex_entry(ann)
    mine.delete(address(entry, "photos", entry.photos.get().photo_id))

    told = mine.get(address(entry)).json()
    picture = APIClient().get(told["dex_compatible_url"])

    assert (told["images"], bool(told["image_checksum"])) == ([], True)
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert picture.content.startswith(b"\x89PNG")


def whole_and_part(owner: User) -> tuple[DexEntry, DexEntry]:
    """Two cards: one shows a photo, the other a part of it."""
    whole, part = make.dex_entry(owner), make.dex_entry(owner)
    photo, replaced = whole.photos.get().photo, part.photos.get()
    framed = media.frame(by=owner, photo=photo, framing=Framing(None, Crop(0, 0, 0.5, 0.5)))
    services.add_photo(by=owner, entry=part, photo=framed)
    services.remove_photo(by=owner, entry=part, photo_id=replaced.photo_id)
    return whole, part


def test_a_photo_stays_as_long_as_a_card_shows_a_part_of_it(mine: APIClient, ann: User) -> None:
    whole, part = whole_and_part(ann)
    photo, framed = whole.photos.get().photo, part.photos.get().photo

    assert mine.delete(address(whole)).status_code == 204

    assert set(Photo.objects.all()) == {photo, framed}
    assert mine.delete(address(part)).status_code == 204
    assert not Photo.objects.exists()


def test_a_photo_of_which_a_card_shows_a_part_can_be_taken_off_the_other(mine: APIClient, ann: User) -> None:
    whole, _ = whole_and_part(ann)

    removed = mine.delete(address(whole, "photos", whole.photos.get().photo_id))

    assert (removed.status_code, whole.photos.count(), Photo.objects.count()) == (204, 0, 2)


@pytest.mark.parametrize("whole_card", [False, True])
def test_a_photo_whose_identification_waits_for_an_answer_is_not_taken_along(
    mine: APIClient, ann: User, whole_card: bool
) -> None:
    entry = make.dex_entry(ann)
    photo = entry.photos.get().photo
    waiting = make.job(ann, photo=photo)

    gone = mine.delete(address(entry) if whole_card else address(entry, "photos", photo.pk))

    assert gone.status_code == 204
    assert list(Photo.objects.all()) == [photo]
    assert mine.get(f"/api/v1/vision/jobs/{waiting.pk}/").status_code == 200
