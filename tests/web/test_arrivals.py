"""What the pages' script asks while it sends photos: who is here, what becomes of a photo, which parts count."""

import json
from typing import Any

import pytest
from django.test import Client

import make
from biologidex.accounts.models import User
from biologidex.media.models import Photo
from biologidex.vision.models import AnalysisJob

pytestmark = pytest.mark.django_db
LEFT = {"x": 0, "y": 0, "width": 0.5, "height": 1}
RIGHT = {"x": 0.5, "y": 0, "width": 0.5, "height": 1}


def arrive(browser: Client, photo: Photo, crops: Any = (), **said: Any) -> Any:
    """Tell that a photo has arrived, as the script does."""
    told = {"photo": str(photo.pk), "crops": json.dumps(list(crops)), **said}
    return browser.post("/capture/arrived/", told, headers={"Accept": "application/json"})


def test_the_script_learns_who_is_here_and_how_to_send(anns: Client, ann: User, settings: Any) -> None:
    told = anns.get("/capture/ready/").json()

    assert told["person"] == str(ann.pk)
    assert told["csrf"]
    assert told["longest_piece"] == settings.MAX_UPLOAD_MB * 1_000_000
    assert told["largest"] == settings.MAX_CHUNKED_MB * 1_000_000


@pytest.mark.parametrize("path", ["ready/", "arrived/", "8d3a0b2e-0000-4000-8000-000000000000/parts/"])
def test_a_script_whose_sign_in_has_ended_is_told_so(browser: Client, path: str) -> None:
    answer = browser.generic(
        "GET" if path == "ready/" else "POST", f"/capture/{path}", headers={"Accept": "application/json"}
    )

    assert answer.status_code == 401
    assert answer.json() == {"detail": "You have been signed out. Sign in and try again."}


def test_a_photo_that_has_arrived_is_identified_and_answers_with_its_tile(anns: Client, ann: User) -> None:
    photo = make.photo(ann)

    answer = arrive(anns, photo)

    job = AnalysisJob.objects.get(owner=ann, photo=photo)
    tile = f"/capture/{job.pk}/progress/?as=tile"
    assert answer.status_code == 201
    assert answer.json() == {"tiles": [{"job": str(job.pk), "tile": tile}]}
    assert f'id="tile-{job.pk}"' in anns.get(tile).content.decode()


def test_told_twice_because_the_first_answer_was_lost_it_is_answered_the_same(
    anns: Client, ann: User
) -> None:
    photo = make.photo(ann)
    make.dex_entry(ann, photo=photo)

    once = arrive(anns, photo, again="1").json()
    twice = arrive(anns, photo).json()
    parts = [arrive(anns, make.photo(ann), [LEFT, RIGHT]).json() for _ in range(1)]

    assert once["tiles"][0]["job"] in {str(job.pk) for job in AnalysisJob.objects.all()}
    assert len(twice["tiles"]) == 1
    assert len(parts[0]["tiles"]) == 2


def test_a_photo_without_a_place_takes_that_of_the_device_at_the_shutter(anns: Client, ann: User) -> None:
    photo = make.photo(ann)

    arrive(anns, photo, latitude="40.5", longitude="-3.7", accuracy="12", source="device")

    photo.refresh_from_db()
    assert (photo.latitude, photo.longitude, photo.accuracy_m) == (40.5, -3.7, 12.0)
    assert photo.place_source == "device"


def test_the_photos_own_place_counts_more_than_the_devices_and_the_persons_most(
    anns: Client, ann: User
) -> None:
    photo = make.photo(ann, latitude=1.0, longitude=2.0, place_source="photo")

    arrive(anns, photo, latitude="40.5", longitude="-3.7", source="device")
    photo.refresh_from_db()
    assert (photo.latitude, photo.place_source) == (1.0, "photo")

    arrive(anns, photo, latitude="40.5", longitude="-3.7", source="person")
    photo.refresh_from_db()
    assert (photo.latitude, photo.place_source) == (40.5, "person")


def test_parts_have_the_place_of_the_whole(anns: Client, ann: User) -> None:
    arrive(anns, make.photo(ann), [LEFT, RIGHT], latitude="40.5", longitude="-3.7", source="person")

    places = Photo.objects.exclude(parent=None).values_list("latitude", "place_source")
    assert list(places) == [(40.5, "person"), (40.5, "person")]


@pytest.mark.parametrize(
    "said",
    [
        {"latitude": "here", "longitude": "3"},
        {"latitude": "91", "longitude": "0"},
        {"latitude": "5"},
        {"latitude": "5", "longitude": "5", "source": "photo"},
        {"crops": "no"},
        {"crops": '[{"x": 2}]'},
    ],
)
def test_what_cannot_be_is_refused_and_starts_nothing(anns: Client, ann: User, said: dict[str, str]) -> None:
    answer = arrive(anns, make.photo(ann), **said) if "crops" not in said else _raw(anns, ann, said)

    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert not AnalysisJob.objects.exists()


def _raw(browser: Client, owner: User, said: dict[str, str]) -> Any:
    told = {"photo": str(make.photo(owner).pk), **said}
    return browser.post("/capture/arrived/", told, headers={"Accept": "application/json"})


def test_photos_of_others_and_photos_that_are_gone_are_not_here(anns: Client, eve: User) -> None:
    hers, gone = make.photo(eve), make.photo(eve)
    Photo.objects.filter(pk=gone.pk).delete()

    assert [arrive(anns, photo).status_code for photo in (hers, gone)] == [404, 404]
    assert not AnalysisJob.objects.exists()


def test_a_photo_that_is_on_a_card_already_is_told_with_the_card(anns: Client, ann: User, eve: User) -> None:
    photo = make.photo(ann)
    card = make.dex_entry(ann, photo=photo)

    known = arrive(anns, photo).json()["known"]

    assert known["url"] == f"/dex/{card.pk}/"
    assert known["number"] == f"No. {card.animal.creation_index:04d}"
    assert known["picture"].startswith("/photos/")
    assert not AnalysisJob.objects.exists()


def test_a_photo_that_looks_like_one_on_a_card_is_told_too_and_nobody_elses(
    anns: Client, ann: User, eve: User
) -> None:
    look = "f0" * 32
    card = make.dex_entry(ann, photo=make.photo(ann, look=look))
    make.dex_entry(eve, photo=make.photo(eve, look="0f" * 32))

    assert arrive(anns, make.photo(ann, look="f1" + look[2:])).json()["known"]["url"] == f"/dex/{card.pk}/"
    assert "tiles" in arrive(anns, make.photo(ann, look="0f" * 32)).json()


def test_a_part_of_a_photo_on_a_card_makes_the_photo_known(anns: Client, ann: User) -> None:
    photo = make.photo(ann)
    arrive(anns, photo, [LEFT])
    job = AnalysisJob.objects.select_related("photo").get()
    make.dex_entry(ann, photo=job.photo)
    AnalysisJob.objects.all().delete()

    assert "known" in arrive(anns, photo).json()
    assert "tiles" in arrive(anns, photo, [RIGHT]).json()


def test_an_open_identification_is_split_into_its_animals(anns: Client, ann: User) -> None:
    whole = make.job(ann)

    answer = anns.post(f"/capture/{whole.pk}/parts/", {"crops": json.dumps([LEFT, RIGHT])})

    jobs = AnalysisJob.objects.filter(owner=ann)
    assert {one["job"] for one in answer.json()["tiles"]} == {str(job.pk) for job in jobs}
    assert {job.photo.parent_id for job in jobs.select_related("photo")} == {whole.photo_id}


def test_nobody_splits_what_is_not_theirs(anns: Client, eve: User) -> None:
    hers = make.job(eve)

    assert anns.post(f"/capture/{hers.pk}/parts/", {"crops": json.dumps([LEFT])}).status_code == 404
    assert AnalysisJob.objects.get().pk == hers.pk


def test_each_part_counts_as_an_upload(anns: Client, ann: User, settings: Any) -> None:
    settings.RATES = settings.RATES | {"upload": (2, 3600)}
    whole = make.job(ann)

    answer = anns.post(
        f"/capture/{whole.pk}/parts/",
        {"crops": json.dumps([LEFT, RIGHT, {**LEFT, "width": 0.3}])},
        headers={"Accept": "application/json"},
    )

    assert answer.status_code == 429
    assert AnalysisJob.objects.get().pk == whole.pk


def test_tiles_say_where_and_when_and_who_says_so(anns: Client, ann: User) -> None:
    told = {"latitude": 40.5, "longitude": -3.7, "accuracy_m": 12.0, "place_source": "device"}
    make.job(ann, photo=make.photo(ann, **told, taken_local="2026-05-01T09:30:00", time_source="photo"))
    make.job(ann)

    page = anns.get("/capture/").content.decode()

    assert "40.50000° N, 3.70000° W ± 12 m · from this device at the shutter" in page
    assert "1 May 2026 · from the photo" in page
    assert (page.count("Place unknown</span>"), page.count("Date unknown</span>")) == (1, 1)
