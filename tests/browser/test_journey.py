"""From the first glance to a card in the dex, in a real browser, on a phone and on a computer."""

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from visitor import DESKTOP, PHONE, Identifier, Visit, a_photo


@pytest.mark.parametrize(("name", "viewport"), [("phone", PHONE), ("computer", DESKTOP)])
def test_a_photo_becomes_a_card(
    visit: Visit, identifier: Identifier, name: str, viewport: dict[str, int]
) -> None:
    identifier.waits()
    ann = visit(viewport=viewport, has_touch=viewport is PHONE)
    page = ann.open("/")
    page.get_by_role("link", name="Start your dex").click()
    ann.sign_up(f"ann-{name}")
    page.get_by_role("link", name="Photograph an animal").click()

    ann.give(a_photo())
    expect(page.locator(".tile progress")).to_be_visible()
    expect(page.get_by_text("Looking closely")).to_be_visible()
    identifier.answers()
    expect(page.get_by_text("Sure of the family", exact=True)).to_be_visible()
    expect(page.locator("#announcer")).to_contain_text("We are sure of the family")
    page.get_by_role("link", name="Choose").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Dog family")
    expect(page.get_by_text("under 1 %")).to_be_visible()
    page.get_by_role("radio", name="wolf").check(force=True)
    page.get_by_label("Notes").fill("Alone, at dawn.")
    page.get_by_role("button", name="Add to my dex").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Gray wolf")
    expect(page.get_by_text("Alone, at dawn.")).to_be_visible()
    page.get_by_role("link", name="Dex").first.click()
    expect(page.locator(".plate")).to_have_count(1)
    expect(page.locator(".plate")).to_contain_text("Canis lupus")
    assert ann.complaints == []


def test_a_photo_that_is_chosen_before_the_page_is_ready_is_taken_too(visit: Visit) -> None:
    ann = visit(service_workers="block")  # it would hand the script out
    ann.sign_up("ann-is-quick")
    held: list[Route] = []
    ann.context.route("**/js/capture.*", lambda route: held.append(route))  # noqa: PLW0108 -- a bound method will not do
    page = ann.page
    page.goto(f"{ann.address}/capture/", wait_until="commit")

    ann.give(a_photo())
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()

    expect(page.get_by_text("Sure of the family", exact=True)).to_be_visible()


def test_the_page_of_a_photo_follows_its_progress_by_itself(visit: Visit, identifier: Identifier) -> None:
    identifier.waits()
    ann = visit()
    ann.sign_up("ann-waits")
    page = ann.open("/capture/")
    ann.give(a_photo())
    page.get_by_role("link", name="Open").click()

    expect(page.get_by_role("heading", name="Looking closely")).to_be_visible()
    identifier.answers()
    expect(page.get_by_role("heading", name="Dog family")).to_be_visible()
    assert ann.complaints == []


def test_several_photos_go_at_once_and_a_bad_one_stops_none_of_the_others(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-several")
    page = ann.open("/capture/")
    text: dict[str, Any] = {"name": "fake.jpg", "mimeType": "image/jpeg", "buffer": b"This is not a photo."}

    ann.give(a_photo("one.jpg"), text, a_photo("two.jpg"), a_photo("three.jpg"))

    expect(page.locator(".tile")).to_have_count(4)
    expect(page.locator(".tile.failed")).to_contain_text("This is a text, not a photo")
    expect(page.locator(".tile.failed").get_by_role("button", name="Try again")).to_be_hidden()
    expect(page.get_by_text("Sure of the family", exact=True)).to_have_count(3)
    page.locator(".tile.failed").get_by_role("button", name="Remove").click()
    expect(page.locator(".tile")).to_have_count(3)
    assert ann.complaints == []


def test_any_animal_can_be_searched_while_typing(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-searches")
    ann.identified()
    page = ann.page

    page.get_by_label("None of these? Search all animals").press_sequentially("red fo", delay=30)
    page.get_by_role("listbox").get_by_role("option", name="Red fox").first.click()
    expect(page.locator("#picked")).to_have_text("Red fox")
    page.get_by_role("button", name="Add to my dex").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Red fox")
    assert ann.complaints == []


def test_enter_takes_the_first_animal_found_and_keeps_what_was_typed_elsewhere(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-hurries")
    ann.identified()
    page = ann.page
    expect(page.locator("#picked")).to_have_text("Dog family")

    page.get_by_label("Notes").fill("Alone, at dawn.")
    page.get_by_label("None of these? Search all animals").fill("red fox")
    page.keyboard.press("Enter")

    expect(page.locator("#picked")).to_have_text("Red fox")
    expect(page.get_by_label("Notes")).to_have_value("Alone, at dawn.")
    page.get_by_label("None of these? Search all animals").fill("")
    expect(page.locator("#picked")).to_have_text("Red fox")
    assert ann.complaints == []


def test_a_mistake_is_where_the_person_comes_back_to(visit: Visit) -> None:
    ann = visit(viewport=PHONE)
    page = ann.open("/sign-up/")
    page.get_by_label("User name").fill("a")
    page.get_by_role("button", name="Sign up").click()

    expect(page.get_by_label("User name")).to_be_focused()
    expect(page.get_by_label("User name")).to_have_attribute("aria-invalid", "true")


def test_photos_from_files_never_get_the_place_of_the_device(visit: Visit) -> None:
    ann = visit(geolocation={"latitude": 40.5, "longitude": -3.7}, permissions=["geolocation"])
    ann.sign_up("ann-at-home")
    page = ann.open("/capture/")
    page.get_by_label("Note where I am").check()

    ann.give(a_photo())
    page.get_by_role("link", name="Choose").click()

    expect(page.get_by_text("Coordinates unknown.")).to_be_visible()


def test_everything_works_without_scripts(visit: Visit) -> None:
    ann = visit(java_script_enabled=False)
    ann.sign_up("ann-plain")
    page = ann.open("/capture/")
    assert page.locator("#files").evaluate("input => getComputedStyle(input).opacity") == "1"
    ann.give(a_photo("one.jpg"), a_photo("two.jpg"))
    page.get_by_role("button", name="Send the chosen photos").click()

    # The page reloads itself until then.
    expect(page.get_by_text("Sure of the family", exact=True)).to_have_count(2)
    page.get_by_role("link", name="Choose").first.click()
    page.get_by_label("None of these? Search all animals").fill("red fox")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("radio", name="Red fox").first.check(force=True)
    page.get_by_role("button", name="Add to my dex").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Red fox")
    page.get_by_role("button", name="Favourite").click()
    expect(page.get_by_role("button", name="Favourite")).to_have_attribute("aria-pressed", "true")
