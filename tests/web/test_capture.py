"""Giving photos on a page, with scripts and without."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects
from rest_framework.test import APIClient

import make
import pictures
from biologidex.accounts.models import User
from biologidex.media import services as media
from biologidex.media.models import Photo
from biologidex.vision.models import AnalysisJob

pytestmark = pytest.mark.django_db


def a_photo(name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, make.jpeg_bytes(), "image/jpeg")


def a_text() -> SimpleUploadedFile:
    return SimpleUploadedFile("fake.jpg", b"This is not a photo.", "image/jpeg")


def test_without_scripts_several_photos_go_at_once(anns: Client) -> None:
    answer = anns.post("/capture/", {"image": [a_photo("a.jpg"), a_photo("b.jpg")]})

    assertRedirects(answer, "/capture/")
    assert AnalysisJob.objects.count() == 2


def test_photos_are_taken_as_phones_keep_them(anns: Client) -> None:
    heic = SimpleUploadedFile("IMG_0001.HEIC", pictures.heic(), "image/heic")

    assertRedirects(anns.post("/capture/", {"image": heic}), "/capture/")
    assert Photo.objects.get().format == "HEIF"


def test_no_picker_strips_the_place_of_a_photo(anns: Client) -> None:
    page = anns.get("/capture/").content.decode()

    assert '<input type="file" id="files" name="image" multiple>' in page


def test_without_scripts_a_bad_photo_is_named_and_the_good_ones_are_kept(anns: Client) -> None:
    answer = anns.post("/capture/", {"image": [a_text(), a_photo()]}, follow=True)

    assertContains(answer, "fake.jpg: This is a text, not a photo")
    assert AnalysisJob.objects.count() == 1


def test_photos_sent_on_the_page_are_counted_with_those_of_programs(
    anns: Client, ann: User, settings: Any
) -> None:
    settings.RATES = settings.RATES | {"upload": (2, 3600)}
    program = APIClient()
    program.force_authenticate(ann)
    program.post("/api/v1/vision/jobs/", {"image": a_photo()}, format="multipart")
    anns.post("/capture/", {"image": a_photo()})

    answer: Any = anns.post("/capture/", {"image": a_photo()})

    assertContains(answer, "Too many requests.", status_code=429)
    assert Photo.objects.count() == 2


def test_each_photo_of_a_form_is_counted(anns: Client, settings: Any) -> None:
    settings.RATES = settings.RATES | {"upload": (2, 3600)}

    page = anns.post("/capture/", {"image": [a_photo(f"{number}.jpg") for number in range(4)]}, follow=True)

    assert AnalysisJob.objects.count() == 2
    assertContains(page, "2.jpg: Too many requests.")
    assertContains(page, "3.jpg: Too many requests.")


def test_sending_nothing_says_so(anns: Client) -> None:
    assertContains(anns.post("/capture/"), "Choose at least one photo first.", status_code=400)


def test_a_photo_that_is_on_a_card_already_is_told_and_waits_for_a_decision(anns: Client, ann: User) -> None:
    photo = make.photo(ann)
    card = make.dex_entry(ann, photo=photo)
    with media.open_original(photo) as original:
        again = SimpleUploadedFile("again.jpg", original.read(), "image/jpeg")

    answer = anns.post("/capture/", {"image": again})

    assertContains(answer, "You have these photos already")
    assertContains(answer, f"/dex/{card.pk}/")
    assert not AnalysisJob.objects.exists()

    assertRedirects(anns.post("/capture/", {"again": str(photo.pk)}), "/capture/")
    assert AnalysisJob.objects.get().photo == photo


@pytest.mark.parametrize("told", ["", "nothing", "8d3a0b2e-0000-4000-8000-000000000000"])
def test_nobody_has_a_photo_identified_that_is_not_theirs(anns: Client, eve: User, told: str) -> None:
    hers = make.photo(eve)

    assert anns.post("/capture/", {"again": told or str(hers.pk)}).status_code == 404
    assert not AnalysisJob.objects.exists()


def test_the_page_lists_what_still_waits_and_nobody_elses(anns: Client, ann: User, eve: User) -> None:
    mine = make.job(ann)
    filed = make.job(ann, settled_at="2026-01-01T00:00:00Z")
    hers = make.job(eve)

    page = anns.get("/capture/")

    assertContains(page, str(mine.pk))
    assertNotContains(page, str(filed.pk))
    assertNotContains(page, str(hers.pk))


def test_a_page_with_unfinished_photos_reloads_itself_where_there_are_no_scripts(
    anns: Client, ann: User
) -> None:
    reload = '<noscript><meta http-equiv="refresh"'
    assertNotContains(anns.get("/capture/"), reload)

    make.job(ann, status="processing", completed_at=None, progress=0.3)

    assertContains(anns.get("/capture/"), reload)


def test_search_offers_animals_by_english_and_latin_name(anns: Client) -> None:
    wolf = make.taxon("Canis lupus", common_name="gray wolf")

    for text in ("gray wo", "canis"):
        assertContains(anns.get("/capture/search/", {"q": text}), f'value="{wolf.pk}"')


def test_search_offers_what_is_called_so_in_the_readers_language_first(anns: Client) -> None:
    sea_star = make.taxon("Asteroidea", rank="class", common_name="Star")
    starling = make.taxon("Sturnus vulgaris", common_name="Starling", foreign={"de": "Star"})

    for language, first, then in (("de", starling, sea_star), ("en", sea_star, starling)):
        page = anns.get("/capture/search/", {"q": "star"}, headers={"Accept-Language": language})
        told = page.content.decode()
        assert told.index(f'value="{first.pk}"') < told.index(f'value="{then.pk}"')


def test_search_tells_namesakes_apart_by_rank_and_kind(anns: Client) -> None:
    make.taxon("Ailurus fulgens", common_name="red panda", class_name="Mammalia")
    make.taxon("Baylisascaris ailuri", common_name="red panda roundworm", phylum="Nematoda")

    found = anns.get("/capture/search/", {"q": "red panda"})

    assertContains(found, "species · mammals")
    assertContains(found, "species · Nematoda")


def test_search_that_finds_nothing_says_what_to_try(anns: Client) -> None:
    answer = anns.get("/capture/search/", {"q": "<b>griffin</b>"})

    assertContains(answer, "&lt;b&gt;griffin&lt;/b&gt;")
    assertContains(answer, "Try the Latin name")


def test_an_empty_search_offers_nothing(anns: Client) -> None:
    assert anns.get("/capture/search/", {"q": "  "}).content.strip() == b""


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_photos(anns: Client, ann: User, count: int) -> None:
    for _ in range(count):
        make.job(ann, candidates=[make.taxon(), make.taxon()])

    with CaptureQueriesContext(connection) as queries:
        assert anns.get("/capture/").content.count(b'<li id="tile-') == count

    assert len(queries) == 5, [query["sql"] for query in queries]


def test_without_scripts_a_refused_photo_is_a_refused_request(anns: Client, ann: User) -> None:
    refused = anns.post("/capture/", {"image": a_text()})
    mixed = anns.post("/capture/", {"image": [a_text(), a_photo()]})

    assertContains(refused, "fake.jpg: This is a text, not a photo", status_code=400)
    assert mixed.status_code == 302  # one of them is on its way
    assertContains(anns.get("/capture/"), "fake.jpg: This is a text, not a photo")
