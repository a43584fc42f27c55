"""While a photo is being identified: how far it is, and what comes when it is known."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Taxon

pytestmark = pytest.mark.django_db


@pytest.fixture
def wolf() -> Taxon:
    return make.taxon("Canis lupus", common_name="gray wolf", class_name="Mammalia")


def test_an_unfinished_job_asks_again(anns: Client, ann: User) -> None:
    job = make.job(ann, status="processing", completed_at=None, progress=0.3, answer={})

    piece = anns.get(f"/capture/{job.pk}/progress/?as=tile&part=body")

    assertContains(piece, f'data-live="job:{job.pk}" hx-trigger="live, every 15s"')
    assertContains(piece, 'value="0.3"')


def test_a_finished_job_stops_asking_and_says_what_came_out(anns: Client, ann: User, wolf: Taxon) -> None:
    job = make.job(ann, candidates=[wolf])

    piece = anns.get(f"/capture/{job.pk}/progress/?as=tile&part=body")

    assertNotContains(piece, "hx-trigger")
    assertContains(piece, "Gray wolf")
    assertContains(piece, 'data-announce="We are sure: Gray wolf"')


def test_the_outcome_takes_the_place_of_the_waiting_page_and_of_its_title(
    anns: Client, ann: User, wolf: Taxon
) -> None:
    answer = anns.get(f"/capture/{make.job(ann, candidates=[wolf]).pk}/progress/")

    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#job", "outerHTML")
    assertContains(answer, "<title>We are sure: Gray wolf · BiologiDex</title>", html=True)
    assertContains(answer, "<h1>Gray wolf</h1>", html=True)
    assertNotContains(answer, "<body")


@pytest.mark.parametrize(
    ("status", "progress", "stage"),
    [
        ("pending", 0.0, "Its turn comes"),
        ("processing", 0.1, "Looking for an animal in it"),
        ("processing", 0.9, "Finding its name in the catalogue"),
    ],
)
def test_a_waiting_page_says_in_words_how_far_it_is(
    anns: Client, ann: User, status: str, progress: float, stage: str
) -> None:
    job = make.job(ann, status=status, completed_at=None, progress=progress, answer={})
    page = anns.get(f"/capture/{job.pk}/")
    steps = page.content.decode().split("<li ")

    assert [step.split("<span>")[1].split("<")[0] for step in steps if "aria-current" in step] == [stage]
    assertContains(page, f'data-live="job:{job.pk}"')


def test_a_photo_that_was_filed_meanwhile_leads_to_its_card(anns: Client, ann: User, wolf: Taxon) -> None:
    job = make.job(ann, candidates=[wolf])
    card = anns.post(f"/capture/{job.pk}/", {"taxon": wolf.pk, "visibility": "friends"}).url

    assert anns.get(f"/capture/{job.pk}/progress/").headers["HX-Redirect"] == card


def test_a_job_that_is_gone_stops_the_asking(anns: Client, ann: User) -> None:
    job = make.job(ann)
    address = f"/capture/{job.pk}/progress/"
    job.delete()

    assert anns.get(address).status_code == 286


def test_a_session_that_ended_leads_to_the_sign_in_page(browser: Client, ann: User) -> None:
    answer = browser.get(f"/capture/{make.job(ann).pk}/progress/", headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == "/sign-in/"
