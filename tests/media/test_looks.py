"""The same picture is known again although its bytes are others; another picture is not taken for it."""

import io
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageFilter

import make
from biologidex.accounts.models import User
from biologidex.core.errors import Forbidden
from biologidex.media import services as media
from biologidex.media.framing import Framing
from biologidex.media.looks import ACROSS, DOWN, alike, look_of
from biologidex.media.models import Photo
from biologidex.media.places import Place
from biologidex.media.selectors import lookalikes

pytestmark = pytest.mark.django_db


def a_scene(seed: int) -> Image.Image:
    """Paint soft shapes, the same for the same seed."""
    dice = random.Random(seed)
    small = Image.frombytes("RGB", (24, 18), dice.randbytes(24 * 18 * 3))
    return small.resize((960, 720), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(8))


def given(by: User, picture: Image.Image, kind: str = "JPEG", **how: int) -> Photo:
    """Give a picture as a file of some kind."""
    content = io.BytesIO()
    picture.save(content, kind, **how)
    return media.store_photo(by=by, upload=SimpleUploadedFile("photo", content.getvalue()))


def test_a_photo_saved_anew_made_smaller_or_sent_by_a_messenger_looks_the_same(ann: User) -> None:
    first = given(ann, a_scene(1), quality=95)
    again = [
        given(ann, a_scene(1), quality=40),
        given(ann, a_scene(1).resize((480, 360)), quality=80),
        given(ann, a_scene(1), "PNG"),
    ]

    assert set(lookalikes(first)) == {photo.pk for photo in again}


def test_other_photos_and_other_peoples_photos_are_not_taken_for_it(ann: User, eve: User) -> None:
    first = given(ann, a_scene(1))
    for seed in range(2, 12):
        given(ann, a_scene(seed))
    given(eve, a_scene(1), quality=40)

    assert lookalikes(first) == []


def test_what_shows_nothing_looks_like_nothing(ann: User) -> None:
    walls = [given(ann, Image.new("RGB", (640, 480), colour)) for colour in ("white", "grey")]

    assert [wall.look for wall in walls] == ["", ""]
    assert lookalikes(walls[0]) == []
    assert not alike("", "")


def test_a_part_of_a_photo_is_not_another_photo(ann: User) -> None:
    whole = given(ann, a_scene(1))
    part = media.frame(
        by=ann, photo=whole, framing=Framing.told({"crop": {"x": 0, "y": 0, "width": 0.9, "height": 1}})
    )

    assert part.look == ""
    assert lookalikes(whole) == []


def test_a_look_has_256_bits() -> None:
    spots = random.Random(7).randbytes(ACROSS * DOWN)

    assert len(look_of(spots)) == 64
    assert alike(look_of(spots), look_of(spots))


def test_a_place_counts_for_a_photo_that_tells_none_and_only_from_its_owner(ann: User, eve: User) -> None:
    photo = make.photo(ann)
    device = Place(40.5, -3.7, 12.0, source="device")

    media.locate(by=ann, photo=photo, place=device)

    photo.refresh_from_db()
    assert (photo.latitude, photo.accuracy_m, photo.place_source) == (40.5, 12.0, "device")
    with pytest.raises(Forbidden):
        media.locate(by=eve, photo=photo, place=device)
