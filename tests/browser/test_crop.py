"""Several animals in one photo: drawn around by mouse or keyboard, before it is sent or after it has arrived."""

from playwright.sync_api import Page, expect

from browser.test_capture import until_answered, waiting
from visitor import Visit, a_photo


def test_drawing_around_two_animals_makes_two_cards(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-sees-two")
    page = ann.open("/capture/")
    ann.give(a_photo())
    page.get_by_role("button", name="Several animals?").click()
    draw(page, 0.05, 0.45)
    draw(page, 0.55, 0.95)
    page.get_by_role("button", name="Identify them 2").click()

    until_answered(page, 2)
    for name in ("wolf", "Coyote"):
        page.get_by_role("link", name="Choose").first.click()
        page.get_by_role("radio", name=name).check(force=True)
        page.get_by_role("button", name="Add to my dex").click()
        page.wait_for_url("**/dex/*-*/")
        page = ann.open("/capture/")
    expect(ann.open("/dex/").locator(".plate")).to_have_count(2)
    assert ann.complaints == []


def draw(page: Page, left: float, right: float) -> None:
    """Draw around a part of the picture with the mouse."""
    picture = page.locator(".crop-stage img")
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * left, box["y"] + box["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * right, box["y"] + box["height"] * 0.9, steps=4)
    page.mouse.up()


def test_frames_are_drawn_moved_and_removed_with_the_keyboard_alone(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-draws-by-keys")
    page = ann.open("/capture/")
    ann.context.set_offline(True)
    ann.give(a_photo())
    page.get_by_role("button", name="Several animals?").press("Enter")
    page.get_by_role("button", name="Add a frame").press("Enter")
    frame = page.get_by_role("group", name="Animal 1")
    expect(frame).to_be_focused()

    for key, box in (
        ("ArrowRight", (12, 10, 40, 40)),
        ("ArrowDown", (12, 12, 40, 40)),
        ("Shift+ArrowRight", (12, 12, 42, 40)),
        ("Shift+ArrowUp", (12, 12, 42, 38)),
    ):
        page.keyboard.press(key)
        left, top, width, height = box
        style = f"left: {left}%; top: {top}%; width: {width}%; height: {height}%;"
        expect(frame).to_have_attribute("style", style)
    page.keyboard.press("Delete")
    expect(frame).to_have_count(0)
    expect(page.get_by_role("button", name="Add a frame")).to_be_focused()


def test_animals_are_marked_before_a_photo_is_sent(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-marks")
    page = ann.open("/capture/")
    ann.context.set_offline(True)
    ann.give(a_photo())
    page.get_by_role("button", name="Several animals?").click()
    for _ in range(3):
        page.get_by_role("button", name="Add a frame").click()
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Identify them 2").click()
    expect(waiting(page)).to_contain_text("Animals marked: 2", use_inner_text=True)
    ann.context.set_offline(False)

    until_answered(page, 2)
