"""The tree of life in a real browser: with mouse, fingers, keys, as a list, and as something to take along."""

import io
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

import make
from client import Person
from visitor import PHONE, Visit, Visitor

ANIMALS = ("Canis lupus", "Vulpes vulpes", "Felis catus", "Bubo bubo", "Pica pica", "Apis mellifera")
SEEN = "document.getElementById('tree-canvas').toDataURL()"
# The picture as it is once nothing moves any more.
RESTED = """async () => {
    const seen = () => document.getElementById("tree-canvas").toDataURL();
    for (let before = ""; before !== seen();) {
        before = seen();
        await new Promise((done) => setTimeout(done, 400));
    }
    return seen();
}"""


@pytest.fixture(scope="module")
def finder(address: str) -> Iterator[Person]:
    """Somebody who has found a few animals."""
    with Person(address) as person:
        person.sign_up()
        for name in ANIMALS:
            person.find(name, make.jpeg_bytes())
        yield person


@pytest.fixture
def at_the_tree(visit: Visit, finder: Person) -> Iterator[Visitor]:
    """The finder on the page of their tree, who has nothing to complain about."""
    visitor = visit()
    visitor.sign_in(finder.name)
    drawn(visitor)
    yield visitor
    assert visitor.complaints == []


def drawn(visitor: Visitor, query: str = "") -> Page:
    """Open the tree and wait until all of it is there."""
    page = visitor.open(f"/tree/{query}")
    expect(page.locator("#tree[data-ready]")).to_be_visible()
    return page


def rested(page: Page) -> str:
    """Wait until nothing moves, and give the picture."""
    picture: str = page.evaluate(RESTED)
    return picture


def test_the_tree_is_dragged_and_zoomed_and_shown_whole_again(at_the_tree: Visitor) -> None:
    page = at_the_tree.page
    page.locator("#tree-canvas").scroll_into_view_if_needed()
    box = page.locator("#tree-canvas").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    views = [whole := rested(page)]

    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y + 50, steps=4)
    page.mouse.up()
    views.append(rested(page))
    page.mouse.wheel(0, -300)
    views.append(rested(page))
    page.mouse.dblclick(x + 40, y + 40)
    views.append(rested(page))
    page.get_by_role("button", name="Farther").click()
    views.append(rested(page))
    page.get_by_role("button", name="Upright").click()
    views.append(rested(page))

    assert len(set(views)) == len(views)
    page.get_by_role("button", name="Upright").click()
    page.get_by_role("button", name="Show everything").click()
    page.mouse.move(0, 0)
    page.get_by_role("button", name="Close").or_(page.locator("#content")).first.click(
        position={"x": 1, "y": 1}
    )
    assert rested(page) == whole


def test_fingers_pinch_and_a_tap_opens_the_line_of_descent(visit: Visit, finder: Person) -> None:
    ann = visit(viewport=PHONE, has_touch=True)
    ann.sign_in(finder.name)
    page = drawn(ann)
    page.locator("#tree").scroll_into_view_if_needed()
    box = page.locator("#tree-canvas").bounding_box()
    assert box
    x, y = box["x"] + box["width"] * 0.8, box["y"] + 200
    hand = ann.context.new_cdp_session(page)

    def touch(kind: str, *apart: float) -> None:
        points = [{"x": x - 60 + way, "y": y, "id": place} for place, way in enumerate(apart)]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    before = rested(page)
    touch("touchStart", 0, 20)
    for way in range(10, 60, 10):
        touch("touchMove", -way, 20 + way)
    touch("touchEnd")
    assert rested(page) != before

    page.touchscreen.tap(x, y)
    expect(page.locator("#tree-side .tree-steps li").first).to_contain_text("All animals")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator("#tree-side .tree-steps")).to_have_count(0)
    assert ann.complaints == []


def test_everything_is_reached_with_the_keyboard_alone(at_the_tree: Visitor) -> None:
    page = at_the_tree.page
    page.get_by_label("Search the tree").focus()
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "tree-canvas":
            break
    views = {rested(page)}

    for key in ("ArrowLeft", "ArrowUp", "+", "-", "ArrowRight"):
        page.keyboard.press(key)
        views.add(rested(page))
    assert len(views) >= 5
    expect(page.locator("#announcer")).not_to_be_empty()

    page.keyboard.press("Enter")
    expect(page.locator("#tree-side")).to_be_focused()
    expect(page.locator("#tree-side .tree-steps")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#tree-canvas")).to_be_focused()
    expect(page.locator("#tree-side .tree-steps")).to_have_count(0)


def test_search_jumps_to_what_is_typed_and_enter_opens_it(at_the_tree: Visitor) -> None:
    page = at_the_tree.page
    before = rested(page)

    page.get_by_label("Search the tree").press_sequentially("red fo", delay=20)
    expect(page.locator("#tree-results a").first).to_contain_text("Vulpes vulpes")
    assert rested(page) != before
    assert "at=" in page.url

    page.keyboard.press("Enter")
    expect(page.locator("#tree-side h2")).to_have_text("Red fox")
    expect(page.locator("#tree-side .tree-steps")).to_contain_text("Canidae")
    page.locator("#tree-side").get_by_role("link", name="Canidae").click()
    expect(page.locator("#tree-side h2")).to_have_text("Canidae")
    expect(page.locator("#tree-side .tree-cards li")).to_have_count(2)
    assert "family_Canidae" in page.url


def test_a_place_in_the_address_is_shown(visit: Visit, finder: Person) -> None:
    ann = visit(reduced_motion="no-preference")
    ann.sign_in(finder.name)
    page = drawn(ann)
    number = page.locator(".tree-list .tree-leaf", has_text="Bubo bubo").get_attribute("data-at")

    whole = rested(page)
    page = drawn(ann, f"?at={number}")

    expect(page.locator("#tree-side h2")).to_contain_text("owl")
    assert rested(page) != whole
    assert ann.complaints == []


def test_the_list_holds_the_same_as_the_drawing(at_the_tree: Visitor) -> None:
    page = at_the_tree.page
    expect(page.locator("#tree-list")).to_be_hidden()

    page.get_by_role("button", name="List").click()

    expect(page.locator("#tree")).to_be_hidden()
    leaves = page.locator("#tree-list .tree-leaf i")
    assert sorted(leaves.all_inner_texts()) == sorted(ANIMALS)
    page.locator("#tree-list .tree-leaf", has_text="Pica pica").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#tree-side h2")).to_contain_text("magpie")
    page.reload()
    expect(page.locator("#tree-list")).to_be_visible()
    page.get_by_role("button", name="Drawing").click()
    expect(page.locator("#tree[data-ready]")).to_be_visible()


def test_without_scripts_the_list_is_what_one_gets(visit: Visit, finder: Person) -> None:
    ann = visit(java_script_enabled=False)
    ann.sign_in(finder.name)
    page = ann.open("/tree/")
    expect(page.locator("#tree")).to_be_hidden()
    expect(page.locator("#tree-list .tree-leaf")).to_have_count(len(ANIMALS))

    page.get_by_label("Search the tree").fill("owl")
    page.get_by_role("button", name="Search").click()
    page.locator("#tree-results").get_by_role("link").first.click()

    expect(page.locator("#tree-side h2")).to_contain_text("owl")
    expect(page.locator("#at")).to_contain_text("Bubo bubo")


def test_the_tree_is_taken_along_as_pictures_and_for_programs(at_the_tree: Visitor) -> None:
    page = at_the_tree.page

    def taken(name: str) -> bytes:
        with page.expect_download() as waiting:
            page.get_by_role("link", name=name, exact=True).click()
        assert waiting.value.suggested_filename.startswith("tree-of-life-20")
        return Path(waiting.value.path()).read_bytes()

    png = Image.open(io.BytesIO(taken("PNG")))
    assert (png.format, png.size) == ("PNG", (2400, 2400))
    assert len(png.convert("RGB").quantize(32).getcolors() or []) > 8  # it is no blank sheet
    assert ET.fromstring(taken("SVG")).tag == "{http://www.w3.org/2000/svg}svg"
    assert b"'Canis lupus'" in taken("Newick")


def test_the_drawing_follows_the_colours_of_the_page(visit: Visit, finder: Person) -> None:
    corner = """() => [...document.getElementById("tree-canvas").getContext("2d").getImageData(20, 60, 1, 1).data]"""
    light, dark = visit(color_scheme="light"), visit(color_scheme="dark")
    shades = []
    for visitor in (light, dark):
        visitor.sign_in(finder.name)
        page = drawn(visitor)
        rested(page)
        shades.append(sum(page.evaluate(corner)[:3]))
        visitor.picture("tree-dark" if visitor is dark else "tree")

    bright, dim = shades
    assert bright > 600
    assert dim < 200


def as_if_bees_came_last(route: Route) -> None:
    """Let all but the bee, and what holds it alone, be found a hundred days earlier."""
    answer = route.fetch()
    told = answer.json()
    of_bees = {"Arthropoda", "Insecta", "Hymenoptera", "Apidae", "Apis", "Apis mellifera"}
    for row in told["rows"]:
        row[8] -= 0 if row[2] in of_bees else 100
    route.fulfill(response=answer, json=told)


def test_one_goes_back_by_keys_to_how_the_tree_was(at_the_tree: Visitor) -> None:
    page = at_the_tree.page
    slider = page.get_by_role("slider", name="How it grew")
    expect(slider).to_be_hidden()  # what came on one day has no history

    page.context.route("**/tree/data/*", as_if_bees_came_last)
    drawn(at_the_tree)
    expect(slider).to_be_visible()
    whole = rested(page)
    assert (slider.get_attribute("aria-valuetext") or "").startswith("6 of 6 animals")

    slider.focus()
    page.keyboard.press("ArrowLeft")
    assert (slider.get_attribute("aria-valuetext") or "").startswith("5 of 6 animals, as of ")
    earlier = rested(page)
    assert earlier != whole

    page.keyboard.press("End")
    assert (
        rested(page) != earlier
    )  # pictures may have come meanwhile: it need not be the drawing of before, to the dot
    assert (slider.get_attribute("aria-valuetext") or "").startswith("6 of 6 animals")
    page.get_by_text("How it grew, in numbers").click()
    expect(page.get_by_role("cell", name="6").first).to_be_visible()
    at_the_tree.picture("tree grown")
