"""Photos on their way from a device to a card: over bad connections, after restarts, several animals at once."""

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from browser.conftest import FLAGS, NAMES
from browser.test_offline import until_kept, with_worker
from visitor import PHONE, Visit, Visitor, a_photo, wait_until

NOTHING_WAITS = """() => new Promise((tell) => {
    const opened = indexedDB.open("biologidex");
    opened.onsuccess = () => {
        const all = opened.result.transaction("captures").objectStore("captures").getAll();
        all.onsuccess = () => tell(all.result.length === 0);
    };
})"""
PIECE = 300_000  # bytes: more than the first piece


def a_large_photo(name: str = "large.png") -> dict[str, Any]:
    """Make a photo that goes in several pieces."""
    content = io.BytesIO()
    Image.effect_noise((1400, 900), 90).save(content, "PNG")
    assert content.tell() > 3 * PIECE
    return {"name": name, "mimeType": "image/png", "buffer": content.getvalue()}


def from_madrid() -> dict[str, Any]:
    """Make a photo that tells where and when it was taken."""
    exif = Image.Exif()
    gps = exif.get_ifd(0x8825)
    gps.update({1: "N", 2: (40.0, 25.0, 0.0), 3: "W", 4: (3.0, 42.0, 0.0)})
    exif.get_ifd(0x8769)[0x9003] = "2026:05:01 09:30:00"
    content = io.BytesIO()
    Image.effect_noise((96, 72), 90).convert("RGB").save(content, "JPEG", exif=exif)
    return {"name": "madrid.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def handed(page: Page, kind: str, photo: dict[str, Any]) -> None:
    """Drop or paste a photo."""
    page.evaluate(
        """([kind, bytes, name]) => {
            const carried = new DataTransfer();
            carried.items.add(new File([new Uint8Array(bytes)], name, { type: "image/jpeg" }));
            const event = kind === "drop"
                ? new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true })
                : new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true });
            document.body.dispatchEvent(event);
        }""",
        [kind, list(photo["buffer"]), photo["name"]],
    )


def waiting(page: Page) -> Any:
    return page.locator("[id^=waits-]")


def titled(page: Page, title: str) -> Any:
    """Return the photos that are in a state."""
    return page.locator(".tile-title span:visible").get_by_text(title, exact=True)


def answered(page: Page) -> Any:
    """Return the photos that have an answer."""
    return page.get_by_text("Sure of the family", exact=True)


def until_answered(page: Page, count: int) -> None:
    """Wait until so many photos have an answer: pieces, attempts and identifications take their time."""
    expect(answered(page)).to_have_count(count, timeout=30_000)


def test_a_photo_taken_without_a_connection_is_sent_when_there_is_one(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-in-the-hills")
    with_worker(ann)
    page = ann.open("/capture/")
    until_kept(page, "/capture/")

    ann.context.set_offline(True)
    ann.give(a_photo("one.jpg"), a_photo("two.jpg"))
    expect(titled(page, "Waits for a connection")).to_have_count(2)
    page = ann.open("/capture/")  # the page is kept, and what waits is still there
    expect(waiting(page)).to_have_count(2)
    waiting(page).filter(has_text="two.jpg").get_by_role("button", name="Remove").click()
    expect(waiting(page)).to_have_count(1)
    ann.context.set_offline(False)

    until_answered(page, 1)
    expect(waiting(page)).to_have_count(0)


def test_what_waits_survives_a_restart_of_the_browser(
    chromium: Browser, address: str, tmp_path: Path
) -> None:
    def started() -> Visitor:
        program = next(filter(None, map(shutil.which, NAMES)))
        context = chromium.browser_type.launch_persistent_context(
            tmp_path, executable_path=program, args=FLAGS
        )
        context.set_default_timeout(20_000)
        return Visitor(context, address)

    ann = started()
    ann.sign_up("ann-restarts")
    with_worker(ann)
    page = ann.open("/capture/")
    ann.context.set_offline(True)
    ann.give(a_photo("hills.jpg"))
    expect(titled(page, "Waits for a connection")).to_be_visible()
    ann.context.close()

    ann = started()
    page = ann.open("/dex/")  # any page of ours sends what waits
    wait_until(page, NOTHING_WAITS)
    page = ann.open("/capture/")
    until_answered(page, 1)
    expect(waiting(page)).to_have_count(0)
    ann.context.close()


def test_a_photo_that_arrives_while_the_page_begins_is_shown(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-is-early")
    job = ann.identified().strip("/").rpartition("/")[2]
    page = ann.open("/capture/")
    page.evaluate("job => document.getElementById(`tile-${job}`).remove()", job)

    told = "{id: 'sent', state: 'arrived', tiles: [{job, tile: `/capture/${job}/progress/?as=tile`}]}"
    page.evaluate(f"job => new BroadcastChannel('captures').postMessage({told})", job)

    expect(page.locator(f"#tile-{job}")).to_be_visible()


def test_a_photo_that_arrives_while_the_page_is_on_its_way_is_shown_once(visit: Visit) -> None:
    ann = visit(service_workers="block")  # it would hand the script out
    ann.sign_up("ann-is-earlier")
    page = ann.open("/capture/")
    other = ann.context.new_page()
    held: list[Route] = []
    other.route("**/js/capture.*", lambda route: held.append(route))  # noqa: PLW0108 -- a bound method will not do
    other.goto(f"{ann.address}/capture/", wait_until="commit")
    while not held:
        other.wait_for_timeout(50)

    ann.give(a_photo())
    until_answered(page, 1)
    held[0].continue_()

    until_answered(other, 1)
    until_answered(page, 1)
    expect(waiting(other)).to_have_count(0)


def test_a_broken_connection_goes_on_from_where_it_was(visit: Visit) -> None:
    ann = visit(service_workers="block")
    ann.sign_up("ann-in-a-tunnel")
    page = ann.open("/capture/")
    offsets: list[int] = []

    def broken_once(route: Route) -> None:
        offsets.append(int(route.request.headers["upload-offset"]))
        if len(offsets) == 2:
            route.abort("connectionreset")
        else:
            route.continue_()

    def seen(route: Route) -> None:
        (broken_once if route.request.method == "PATCH" else Route.continue_)(route)

    page.route("**/api/v1/uploads/*/", seen)
    ann.give(a_large_photo())

    until_answered(page, 1)
    assert offsets[0] == 0
    assert offsets[1] == offsets[2] > 0  # the piece that was lost, and none before it
    assert len(offsets) == len(set(offsets)) + 1


def test_sending_is_paused_and_goes_on(visit: Visit) -> None:
    ann = visit(service_workers="block")
    ann.sign_up("ann-pauses")
    page = ann.open("/capture/")
    page.route("**/api/v1/uploads/*/", lambda route: (page.wait_for_timeout(400), route.continue_()))
    ann.give(a_large_photo())

    page.get_by_role("button", name="Pause").click()
    expect(titled(page, "Paused")).to_be_visible()
    page.reload()
    expect(titled(page, "Paused")).to_be_visible()
    page.get_by_role("button", name="Go on").click()

    until_answered(page, 1)


def test_nothing_is_lost_when_the_sign_in_has_ended_and_nobody_else_sends_it(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-comes-back")
    page = ann.open("/capture/")
    ann.context.clear_cookies()
    ann.give(a_photo("mine.jpg"))
    expect(titled(page, "Waits until you sign in")).to_be_visible()

    ann.sign_up("ben-on-the-same-phone")
    page = ann.open("/capture/")
    expect(page.get_by_role("heading", name="What helps")).to_be_visible()
    expect(waiting(page)).to_have_count(0)
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{ann.address}/")

    ann.sign_in("ann-comes-back")
    page = ann.open("/capture/")
    until_answered(page, 1)


def test_whoever_signs_out_decides_what_becomes_of_what_waits(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-decides")
    page = ann.open("/capture/")
    page.route("**/api/v1/uploads/", lambda route: route.abort())
    ann.give(a_photo())
    expect(titled(page, "Waits for a connection")).to_be_visible()

    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Photos wait to be sent")).to_be_visible()
    page.get_by_role("button", name="Stay").click()
    expect(waiting(page)).to_have_count(1)
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Remove them and sign out").click()
    page.wait_for_url(f"{ann.address}/")

    ann.sign_in("ann-decides")
    expect(waiting(ann.open("/capture/"))).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_what_waits_and_the_questions(visit: Visit, scheme: str) -> None:
    ann = visit(color_scheme=scheme, viewport=PHONE, has_touch=True)
    ann.sign_up(f"ann-{scheme}-waits")
    page = ann.open("/capture/")
    ann.context.set_offline(True)
    ann.give(a_photo(), a_photo("<b>" + "long" * 60 + "</b>.jpg"))
    expect(titled(page, "Waits for a connection")).to_have_count(2)

    faults = {"tiles": serious(page)}
    for name, opens in (("crop", "Several animals?"), ("place", "Change the place")):
        page.get_by_role("button", name=opens).first.click()
        if name == "crop":
            page.get_by_role("button", name="Add a frame").click()
        faults[name] = serious(page)
        page.get_by_role("button", name="Cancel").click()

    assert faults == {"tiles": [], "crop": [], "place": []}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = "[...document.querySelectorAll('#tiles button, #tiles a')].filter((one) => one.checkVisibility()"
    assert page.evaluate(small + " && one.getBoundingClientRect().height < 44).length") == 0


def serious(page: Page) -> list[str]:
    """Return what keeps somebody from using the page, as axe sees it."""
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in {"serious", "critical"}]


def test_a_photo_says_where_and_when_it_was_taken_and_who_says_so(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-in-madrid")
    page = ann.open("/capture/")
    ann.context.set_offline(True)
    ann.give(from_madrid(), a_photo("unknown.jpg"))

    told = waiting(page).filter(has_text="madrid.jpg")
    expect(told).to_contain_text("40.41667° N, 3.70000° W · from the photo", use_inner_text=True)
    expect(told).to_contain_text("5/1/2026 · from the photo", use_inner_text=True)
    silent = waiting(page).filter(has_text="unknown.jpg")
    expect(silent).to_contain_text("Place unknown so far", use_inner_text=True)
    expect(silent).to_contain_text("Date unknown so far", use_inner_text=True)
    silent.get_by_role("button", name="Change the place").click()
    page.get_by_label("Latitude").fill("41.5")
    page.get_by_label("Longitude").fill("-4.5")
    page.get_by_role("button", name="Save").click()
    expect(silent).to_contain_text("41.50000° N, 4.50000° W · you said so", use_inner_text=True)
    ann.context.set_offline(False)

    until_answered(page, 2)
    tiles = page.locator("[id^=tile-]")
    expect(tiles.filter(has_text="40.41667° N")).to_contain_text("3.70000° W · from the photo")
    expect(tiles.filter(has_text="40.41667° N")).to_contain_text("1 May 2026 · from the photo")
    expect(tiles.filter(has_text="41.50000° N, 4.50000° W · you said so")).to_contain_text("Date unknown")


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_the_place_of_the_device_is_asked_for_at_the_shutter_and_never_before(
    visit: Visit, answer: str
) -> None:
    ann = visit(
        geolocation={"latitude": 40.5, "longitude": -3.7, "accuracy": 12}, permissions=["geolocation"]
    )
    ann.sign_up(f"ann-says-{answer}")
    ann.page.add_init_script(
        "const told = navigator.geolocation; const real = told.getCurrentPosition.bind(told); window.asked = 0;"
        "told.getCurrentPosition = (...how) => { window.asked += 1; real(...how); };"
    )
    page = ann.open("/capture/")
    ann.give(a_photo("chosen.jpg"))
    until_answered(page, 1)
    assert page.evaluate("window.asked") == 0

    ann.give(a_photo("taken.jpg"), into="#camera")
    page.get_by_role("button", name="Note the place" if answer == "yes" else "No", exact=True).click()

    until_answered(page, 2)
    at_shutter = "40.50000° N, 3.70000° W ± 12 m · from this device at the shutter"
    expect(page.get_by_text(at_shutter)).to_have_count(1 if answer == "yes" else 0)
    expect(page.get_by_text("Place unknown")).to_have_count(1 if answer == "yes" else 2)
    assert page.evaluate("window.asked") == (1 if answer == "yes" else 0)
    ann.give(a_photo("another.jpg"), into="#camera")  # the answer is remembered
    until_answered(page, 3)


def test_a_photo_that_is_on_a_card_already_is_told_and_its_owner_decides(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-sends-twice")
    photo = a_photo("wolf.jpg")
    page = ann.open("/capture/")
    ann.give(photo)
    page.get_by_role("link", name="Choose").click()
    page.get_by_role("radio", name="wolf").check(force=True)
    page.get_by_role("button", name="Add to my dex").click()
    page.wait_for_url("**/dex/*-*/")

    page = ann.open("/capture/")
    ann.give(photo)
    expect(titled(page, "You have this photo already")).to_be_visible()
    expect(waiting(page).get_by_role("link")).to_contain_text("Gray wolf")
    page.get_by_role("button", name="Identify it again").click()

    until_answered(page, 1)
    assert ann.complaints == []


def test_photos_can_be_dropped_pasted_and_shared(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-hands-over")
    with_worker(ann)
    page = ann.open("/capture/")
    handed(page, "drop", a_photo("drop.jpg"))
    handed(page, "paste", a_photo("paste.jpg"))
    until_answered(page, 2)

    # As a phone does: a form of its own, sent to the address that the manifest names.
    manifest = json.loads(page.request.get(f"{ann.address}/manifest.webmanifest").text())["share_target"]
    page.evaluate(
        """([action, name, bytes]) => {
            const carried = new DataTransfer();
            carried.items.add(new File([new Uint8Array(bytes)], "shared.jpg", { type: "image/jpeg" }));
            const form = document.createElement("form");
            Object.assign(form, { action, method: "post", enctype: "multipart/form-data" });
            const input = Object.assign(document.createElement("input"), { type: "file", name });
            input.files = carried.files;
            form.append(input);
            document.body.append(form);
            form.submit();
        }""",
        [manifest["action"], manifest["params"]["files"][0]["name"], list(a_photo()["buffer"])],
    )
    page.wait_for_url("**/capture/?shared")
    expect(titled(page, "Shared by another app")).to_be_visible()
    page.get_by_role("button", name="Identify it").click()
    until_answered(page, 3)
    assert ann.complaints == []
