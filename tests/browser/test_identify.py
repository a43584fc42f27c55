"""What a photo shows: told as soon as it is known, chosen by keyboard or finger, put right afterwards."""

import time

import pytest
from playwright.sync_api import Page, expect

from visitor import DESKTOP, PHONE, Identifier, Visit, Visitor, a_photo

WATCH = """
window.seen = new Promise((resolve) => {
  const look = () => document.querySelector(".verdict") && resolve(Date.now());
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
  look();
});
window.stayed = true;
"""
SEEN = "window.seen"
STORED = "(id) => fetch(`/api/v1/vision/jobs/${id}/`).then((r) => r.json()).then((j) => Date.parse(j.completed_at))"


def waiting(person: Visitor) -> tuple[Page, str]:
    """Open the page of a photo that is not identified yet. Returns it with the id of the job."""
    page = person.open("/capture/")
    person.give(a_photo())
    page.get_by_role("link", name="Open").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Looking closely")
    page.evaluate(f"() => {{ {WATCH} }}")
    return page, page.url.rstrip("/").rpartition("/")[2]


def test_the_outcome_is_there_without_a_reload_within_a_second_of_being_known(
    visit: Visit, identifier: Identifier
) -> None:
    identifier.waits()
    ann = visit(viewport=PHONE)
    ann.sign_up("ann-is-told")
    page, job = waiting(ann)
    expect(page.locator(".stages .now")).to_have_text("Looking for an animal in it")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/progress/" in request.url else None)

    identifier.answers()
    late = page.evaluate(SEEN) - page.evaluate(STORED, job)

    assert late < 1000, f"told {late} ms after it was stored"
    assert len(asked) <= 3  # told, not found by asking again and again
    assert page.evaluate("window.stayed")
    expect(page).to_have_title("We are sure of the family: Dog family · BiologiDex")
    expect(page.locator("#announcer")).to_contain_text("We are sure of the family")
    assert ann.complaints == []


def test_a_link_that_is_pressed_stays_until_it_is_let_go(visit: Visit, identifier: Identifier) -> None:
    identifier.waits()
    ann = visit()
    ann.sign_up("ann-presses")
    page = ann.open("/capture/")
    ann.give(a_photo())
    expect(page.get_by_text("Looking closely")).to_be_visible()
    page.get_by_role("link", name="Open").hover()

    page.mouse.down()
    with page.expect_response("**/progress/**"):
        identifier.answers()
    page.wait_for_timeout(200)
    page.mouse.up()

    page.wait_for_url("**/capture/*-*/")
    assert ann.complaints == []


def test_what_came_while_something_was_pressed_is_shown_afterwards(
    visit: Visit, identifier: Identifier
) -> None:
    identifier.waits()
    ann = visit()
    ann.sign_up("ann-presses-long")
    page = ann.open("/capture/")
    ann.give(a_photo())
    page.get_by_text("Looking closely").hover()

    page.mouse.down()
    with page.expect_response("**/progress/**"):
        identifier.answers()
    page.wait_for_timeout(200)
    expect(page.get_by_text("Looking closely")).to_be_visible()
    page.mouse.up()

    expect(page.get_by_text("Sure of the family", exact=True)).to_be_visible()
    assert ann.complaints == []


def test_with_the_stream_blocked_it_is_there_all_the_same(visit: Visit, identifier: Identifier) -> None:
    identifier.waits()
    ann = visit()
    ann.context.route("**/live/**", lambda route: route.fulfill(status=204))
    ann.sign_up("ann-asks")
    page, job = waiting(ann)

    identifier.answers()
    late = page.evaluate(SEEN) - page.evaluate(STORED, job)

    assert late < 4000
    assert page.evaluate("window.stayed")
    expect(page.get_by_role("heading", name="Dog family")).to_be_visible()
    assert ann.complaints == []


def test_an_animal_is_found_and_filed_with_the_keyboard_alone(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-types")
    ann.identified()
    page = ann.page
    field = page.get_by_role("combobox", name="None of these? Search all animals")
    for _ in range(30):
        page.keyboard.press("Tab")
        if field.evaluate("(field) => field === document.activeElement"):
            break

    page.keyboard.type("red fox", delay=20)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#announcer")).to_contain_text("animals found")
    # Not those of "red", which may have come while the rest was typed.
    expect(page.locator("[role=option][data-query='red fox']").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    marked = page.get_by_role("listbox").get_by_role("option", selected=True)
    expect(marked).to_contain_text("Red fox")
    assert field.get_attribute("aria-activedescendant") == marked.get_attribute("id")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("red fox")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#picked")).to_have_text("Red fox")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.get_by_role("button", name="Add to my dex").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Red fox")
    assert ann.complaints == []


@pytest.mark.parametrize(("scheme", "viewport"), [("light", PHONE), ("dark", DESKTOP)])
def test_candidates_are_side_by_side_and_told_apart(
    visit: Visit, identifier: Identifier, scheme: str, viewport: dict[str, int]
) -> None:
    ann = visit(viewport=viewport, color_scheme=scheme, has_touch=viewport is PHONE)
    ann.sign_up(f"ann-compares-{scheme}")
    ann.identified()
    page = ann.page
    page.get_by_role("radio", name="wolf").check(force=True)
    page.get_by_role("button", name="Add to my dex").click()
    page.wait_for_url("**/dex/*-*/")
    identifier.waits()
    page, _ = waiting(ann)
    ann.picture(f"job waits-{scheme}")
    identifier.answers()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dog family")

    wolf = page.locator(".candidate", has_text="Gray wolf")
    expect(wolf.locator("img")).to_have_count(1)  # one's own photo of one
    expect(page.locator(".candidate", has_text="Coyote").locator("img")).to_have_count(0)
    expect(wolf).to_contain_text("Look-alike")
    expect(page.locator(".rungs .sure").last).to_contain_text("Dog family")
    expect(page.locator(".rungs .guess")).to_contain_text("Coyote")
    expect(page.get_by_text("Your photo did not leave this server")).to_be_visible()
    ann.picture(f"job candidates-{scheme}")
    page.locator("#find").fill("otter")
    expect(page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    ann.picture(f"job search-{scheme}")
    assert ann.complaints == []


def test_a_card_is_put_right_and_two_cards_become_one_only_when_asked(visit: Visit) -> None:
    ann = visit(viewport=PHONE)
    ann.sign_up("ann-corrects")
    page = ann.page
    for animal in ("wolf", "Coyote"):
        ann.identified()
        page.get_by_role("radio", name=animal).check(force=True)
        page.get_by_role("button", name="Add to my dex").click()
        page.wait_for_url("**/dex/*-*/")

    page.get_by_role("link", name="It is another animal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not Coyote?")
    ann.picture("another animal-light")
    page.get_by_role("radio", name="Dhole").check(force=True)
    page.get_by_role("button", name="Correct the card").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dhole")
    page.get_by_role("link", name="It is another animal").click()
    page.get_by_role("radio", name="wolf").check(force=True)
    page.get_by_role("button", name="Correct the card").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two cards become one")
    ann.picture("two cards-light")
    page.get_by_role("button", name="Make them one").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Gray wolf")
    ann.open("/dex/")
    expect(page.locator(".plate")).to_have_count(1)
    assert ann.complaints == []


def test_nothing_is_missed_while_the_page_is_asking(visit: Visit, identifier: Identifier) -> None:
    identifier.waits()
    ann = visit()
    ann.context.route("**/progress/", lambda route: (time.sleep(0.4), route.continue_()))  # answers take long
    ann.sign_up("ann-is-slow")
    page, job = waiting(ann)

    identifier.answers()
    late = page.evaluate(SEEN) - page.evaluate(STORED, job)

    assert late < 2500, f"told {late} ms after it was stored"
    assert ann.complaints == []
