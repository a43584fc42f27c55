"""Settings, as people use them: a new password, finds taken along and brought here, and an account that ends."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

import make
from browser.test_pages import faults_of
from visitor import DESKTOP, PHONE, Visit

PARTS = ("profile", "password", "privacy", "words", "identification", "data", "devices", "delete")
NEW = "a-heron-at-dusk"


def test_a_new_password_is_the_one_that_opens_the_door_and_signs_out_the_rest(visit: Visit) -> None:
    ann, phone = visit(), visit(viewport=PHONE)
    ann.sign_up("ann-password")
    phone.sign_in("ann-password")
    page = ann.open("/settings/")
    page.get_by_role("link", name="Password").click()

    page.get_by_label("Your password now", exact=True).fill(make.PASSWORD)
    page.get_by_label("New password", exact=True).fill("12345678")
    page.get_by_role("button", name="Use the new password").click()
    expect(page.get_by_label("New password", exact=True)).to_be_focused()
    page.get_by_label("Your password now", exact=True).fill(make.PASSWORD)
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_role("button", name="Use the new password").click()

    expect(page.get_by_text("Your new password counts.")).to_be_visible()
    phone.open("/dex/")
    expect(phone.page).to_have_url(f"{phone.address}/sign-in/?next=/dex/")
    phone.sign_in("ann-password", NEW)
    page.get_by_role("link", name="Devices").click()
    expect(page.locator(".rows li")).to_have_count(2)
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.locator(".rows li")).to_have_count(1)
    assert ann.complaints + phone.complaints == []


def test_dark_is_dark_from_the_first_byte_whatever_the_device_says(visit: Visit) -> None:
    ann = visit(color_scheme="light", timezone_id="America/Lima")
    ann.sign_up("ann-dark")
    page = ann.open("/settings/profile/")
    light = page.evaluate("getComputedStyle(document.body).color")

    page.get_by_role("radio", name="Dark").check(force=True)
    page.get_by_role("button", name="Use the clock of this device").click()
    expect(page.get_by_label("Time zone")).to_have_value("America/Lima")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("Saved.")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).color") != light
    expect(page.locator("html")).to_have_attribute("data-scheme", "dark")
    expect(page.get_by_label("Time zone")).to_have_value("America/Lima")
    assert ann.complaints == []


def test_finds_are_taken_along_and_brought_to_another_account(visit: Visit, tmp_path: Path) -> None:
    ann, bob = visit(), visit(viewport=PHONE)
    ann.sign_up("ann-moves")
    ann.filed(notes="Alone, at dawn.")
    page = ann.open("/settings/data/")

    with page.expect_download() as coming:
        page.locator('a[href$="/export/csv/"]').click()
    file = tmp_path / coming.value.suggested_filename
    coming.value.save_as(file)
    (row,) = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    assert row["notes"] == "Alone, at dawn."

    bob.sign_up("bob-moves")
    page = bob.open("/settings/data/")
    page.get_by_label("A file of finds").set_input_files(file)
    page.get_by_role("button", name="See what it would do").click()
    expect(page.get_by_text("Nothing has been changed yet.")).to_be_visible()
    expect(page.locator("#announcer")).to_have_text("The file was looked through.")
    page.get_by_role("button", name="Import these finds").click()
    expect(page.locator(".import-state").get_by_text("Imported")).to_be_visible()
    page.locator("td a").click()

    expect(page.get_by_text("Alone, at dawn.")).to_be_visible()
    assert ann.complaints + bob.complaints == []


@pytest.mark.parametrize("scripted", [True, False])
def test_an_account_that_is_deleted_is_gone_with_its_photos(visit: Visit, scripted: bool) -> None:
    name = f"ann-leaves-{scripted}".lower()
    ann, plain = visit(), visit(viewport=PHONE, java_script_enabled=scripted)
    ann.sign_up(name)
    picture = ann.page.goto(ann.address + ann.filed()) and ann.page.locator(".plate-photo img").get_attribute(
        "src"
    )
    assert picture
    plain.sign_in(name)
    page = plain.open("/settings/delete/")

    page.get_by_label("Your password", exact=False).fill("not this one")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("This is not your password.")).to_be_visible()
    page.get_by_label("Your password", exact=False).fill(make.PASSWORD)
    page.get_by_role("button", name="Delete my account").click()

    expect(page.get_by_role("heading", name="Farewell")).to_be_visible()
    assert plain.context.request.get(plain.address + picture).status == 404
    ann.open("/dex/")
    expect(ann.page).to_have_url(f"{ann.address}/sign-in/?next=/dex/")
    ann.page.get_by_label("User name or e-mail").fill(name)
    ann.page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    ann.page.get_by_role("button", name="Sign in").click()
    expect(ann.page.get_by_text("The name or the password is wrong.")).to_be_visible()


@pytest.mark.parametrize(("scheme", "viewport"), [("light", PHONE), ("dark", DESKTOP)])
def test_everybody_can_read_and_reach_every_page_of_the_settings(
    visit: Visit, scheme: str, viewport: dict[str, int]
) -> None:
    ann = visit(color_scheme=scheme, viewport=viewport)
    ann.sign_up(f"ann-sets-{scheme}")

    found = {}
    for path in ("", *(f"{part}/" for part in PARTS)):
        page = ann.open(f"/settings/{path}")
        ann.picture(f"settings-{path.strip('/') or 'overview'}-{scheme}")
        found[path] = faults_of(page)
    page = ann.open("/settings/data/")
    lines = "\n".join(("scientific_name,catch_date", "Canis lupus,2024-01-01", f"{'w' * 150},never"))
    page.get_by_label("A file of finds").set_input_files(
        {"name": f"{'long' * 20}.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    )
    page.get_by_role("button", name="See what it would do").click()
    expect(page.get_by_text("Nothing has been changed yet.")).to_be_visible()
    ann.picture(f"settings-import-{scheme}")
    found["import"] = faults_of(page)
    found["farewell"] = faults_of(ann.open("/farewell/"))

    assert {path: faults for path, faults in found.items() if faults} == {}
    assert ann.complaints == []
