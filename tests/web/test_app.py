"""What makes an app of the pages: manifest, worker, and whose a page is."""

import io

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from PIL import Image
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from biologidex.accounts.models import User
from biologidex.vision.models import AnalysisJob
from web.test_capture import a_photo

pytestmark = pytest.mark.django_db


def test_every_icon_of_the_manifest_is_there_in_the_size_it_says(browser: Client) -> None:
    icons = browser.get("/manifest.webmanifest").json()["icons"]
    painted = [icon for icon in icons if icon["type"] == "image/png"]

    assert {(icon["purpose"], icon["sizes"]) for icon in painted} == {
        (purpose, size) for purpose in ("any", "maskable") for size in ("192x192", "512x512")
    }
    for icon in painted:
        with Image.open(io.BytesIO(browser.get(icon["src"]).content)) as picture:
            assert (picture.format, f"{picture.width}x{picture.height}") == ("PNG", icon["sizes"])


def test_the_edge_of_a_maskable_icon_may_be_cut_off(browser: Client) -> None:
    with Image.open(io.BytesIO(browser.get("/icon-maskable-192.png").content)) as picture:
        middle_of_edge = picture.convert("RGB").crop((0, 86, 12, 106))
        assert middle_of_edge.getcolors() == [(240, (36, 72, 58))]
        assert len(picture.convert("RGB").getcolors(picture.width * picture.height) or []) > 4


@pytest.mark.parametrize("path", ["/icon-any-4096.png", "/icon-evil-192.png"])
def test_no_icon_is_painted_that_the_manifest_does_not_name(browser: Client, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_the_worker_may_help_every_page_and_is_asked_for_anew_each_time(browser: Client) -> None:
    answer = browser.get("/service-worker.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/"
    assert "no-cache" in answer["Cache-Control"]
    assertContains(answer, "web/css/base.css")
    assertContains(answer, "htmx")
    assert "worker-src 'self'" in browser.get("/")["Content-Security-Policy"]


def test_the_page_for_no_connection_is_the_same_for_everybody(browser: Client, anns: Client) -> None:
    assert browser.get("/offline/").content == anns.get("/offline/").content


def test_pages_say_whose_they_are(browser: Client, anns: Client, ann: User) -> None:
    assert anns.get("/dex/")["X-Person"] == str(ann.pk)
    assert browser.get("/sign-in/")["X-Person"] == "nobody"
    assert "X-Person" not in browser.get("/manifest.webmanifest")


def test_browsers_forget_the_pages_of_whoever_signs_out(anns: Client) -> None:
    assert "Clear-Site-Data" not in anns.get("/dex/")
    assert anns.post("/sign-out/")["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in anns.get("/")


def test_browsers_forget_the_pages_of_whoever_was_signed_out_elsewhere(anns: Client, ann: User) -> None:
    anns.get("/dex/")
    Session.objects.all().delete()

    assert anns.get("/sign-in/")["Clear-Site-Data"] == '"cache"'


def test_photos_that_another_app_shares_are_taken(anns: Client, ann: User) -> None:
    answer = anns.post(
        "/capture/share/", {"image": [a_photo("a.jpg"), a_photo("b.jpg")]}, headers={"Sec-Fetch-Site": "none"}
    )

    assertRedirects(answer, "/capture/")
    assert AnalysisJob.objects.filter(owner=ann).count() == 2


@pytest.mark.parametrize("site", ["cross-site", "same-site", ""])
def test_no_other_site_shares_photos_in_somebodys_name(ann: User, site: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ann)

    answer = browser.post("/capture/share/", {"image": a_photo()}, headers={"Sec-Fetch-Site": site})

    assert answer.status_code == 403
    assert not AnalysisJob.objects.exists()


def test_sharing_is_for_those_who_are_signed_in(browser: Client, anns: Client) -> None:
    answer = browser.post("/capture/share/", {"image": a_photo()}, headers={"Sec-Fetch-Site": "none"})

    assertRedirects(answer, "/sign-in/?next=/capture/share/")
    assert not AnalysisJob.objects.exists()
    assertContains(anns.get("/capture/share/", follow=True), "Please share the photo once more.")


def test_pages_offer_the_worker_and_tell_it_who_is_here(browser: Client, anns: Client, ann: User) -> None:
    assertContains(anns.get("/dex/"), f'data-worker="/service-worker.js" data-person="{ann.pk}"')
    assertNotContains(browser.get("/sign-in/"), str(ann.pk))
