"""The whole game as two people play it: real photographs, really identified, told, corrected, and gone again.

BIOLOGIDEX_JOURNEY_PHOTOS names a folder whose photographs are played instead of the few that packages carry.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import make
from running import Server
from visitor import DESKTOP, PHONE, Visit, Visitor, befriend

SECOND = 1_000  # milliseconds
PACKAGED = Path(os.environ.get("BIOLOGIDEX_TEST_PHOTOS", Path(__file__).parents[2] / "var" / "photos"))
KINDS = {".jpg", ".jpeg", ".png"}


@pytest.fixture(scope="module")
def address(prepared: Path, tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[str]:
    """Run a server that identifies photos by itself."""
    folder = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("game") / "data"))
    server = Server(folder)
    try:
        yield server.start().address
    finally:
        server.stop()


def photographs() -> list[Path]:
    if folder := os.environ.get("BIOLOGIDEX_JOURNEY_PHOTOS"):
        return sorted(file for file in Path(folder).iterdir() if file.suffix in KINDS)
    return [PACKAGED / "skimage/data/chelsea.png", *PACKAGED.glob("gradio/**/lion.jpg")][:2]


def capture(person: Visitor, photo: Path) -> None:
    """Send a photo and open its page as soon as it is identified."""
    page = person.open("/capture/")
    choices = page.get_by_role("link", name=re.compile("Choose|Details|Take a look"))
    before = choices.count()
    person.page.set_input_files("#files", photo)
    expect(choices).to_have_count(before + 1, timeout=60 * SECOND)
    choices.first.click()
    page.wait_for_url("**/capture/*-*/")


def file_it(person: Visitor, visibility: str) -> Page:
    page = person.page
    if page.locator("input[name=taxon]:checked").count() == 0:
        page.locator("input[name=taxon]").first.check(force=True)
    page.locator(f"[name=visibility][value={visibility}]").check(force=True)
    page.get_by_role("button", name="Add to my dex").click()
    page.wait_for_url("**/dex/*-*/")
    return page


def number_of(page: Page) -> str:
    return page.locator(".plate-number").first.inner_text()


def animals_of(person: Visitor) -> str:
    return person.open("/progress/").locator(".stats dd").first.inner_text()


def news_of(feed: Page) -> Locator:
    """Where a find shows: an empty feed fills itself, one that somebody reads says that there is more."""
    expect(feed.locator("#feed-news")).to_be_attached()
    return feed.locator("#feed-news a" if feed.locator(".find").count() else ".find")


def test_two_people_play_the_whole_game(visit: Visit) -> None:
    ann, bob = visit(viewport=PHONE, has_touch=True), visit(viewport=DESKTOP)
    ann.sign_up("ann-plays")
    bob.sign_up("bob-plays")
    befriend(ann, bob)

    # Each find is in the friend's feed by itself once it is filed.
    for photo in photographs():
        news = news_of(bob.open("/feed/"))
        capture(ann, photo)
        card = file_it(ann, "friends").url.removeprefix(ann.address)
        expect(news).to_be_visible()
    shown = bob.open("/feed/").locator(".find").count()
    assert shown >= 1

    before = animals_of(ann)

    # A correction changes card, number, statistics and tree.
    was = number_of(ann.open(card))
    ann.page.get_by_role("link", name="It is another animal").click()
    ann.page.get_by_label("Search all animals").fill("Panthera onca")
    ann.page.keyboard.press("Enter")
    ann.page.get_by_role("radio", name="Jaguar").first.check()
    ann.page.get_by_role("button", name="Correct the card").click()
    expect(ann.page.get_by_role("heading", level=1)).to_have_text("Jaguar")
    assert number_of(ann.page) != was
    assert animals_of(ann) == before
    expect(bob.open("/tree/?as=list&q=Panthera+onca").get_by_text("Panthera onca").first).to_be_visible()
    expect(bob.open("/feed/").get_by_text("Panthera onca").first).to_be_visible()

    # And whoever goes takes everything along.
    page = ann.open("/settings/delete/")
    page.get_by_label("Your password", exact=False).fill(make.PASSWORD)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("heading", name="Farewell")).to_be_visible()
    expect(bob.open("/feed/").locator(".find")).to_have_count(0)
    expect(bob.open("/tree/?as=list").get_by_text("Panthera onca")).to_have_count(0)
    assert ann.complaints == bob.complaints == []
