"""The collection in a real browser: looked through, narrowed, marked."""

from playwright.sync_api import expect

from visitor import PHONE, Visit


def test_a_dex_is_narrowed_and_marked_without_leaving_it_and_its_address_can_be_kept(visit: Visit) -> None:
    ann = visit(viewport=PHONE)
    ann.sign_up("ann-browses")
    ann.filed(notes="Alone, at dawn.")
    page = ann.open("/dex/")

    page.get_by_role("button", name="Favourite: Dog family").click()
    expect(page.get_by_role("button", name="Favourite: Dog family")).to_have_attribute("aria-pressed", "true")
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Wild or captive").select_option("captive")
    expect(page.get_by_text("No card of yours fits that.")).to_be_visible()
    expect(page.locator("#announcer")).to_have_text("No cards")
    page.get_by_label("Wild or captive").select_option("")
    page.get_by_label("Search your dex").fill("dawn")
    expect(page.locator(".plate")).to_have_count(1)
    assert page.url.endswith("/dex/?q=dawn")
    page.reload()
    expect(page.get_by_label("Search your dex")).to_have_value("dawn")
    page.keyboard.press("Tab")
    page.get_by_role("link", name="Dog family").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/dex/*-*/")
    assert ann.complaints == []


def test_the_filters_work_without_scripts(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-plainly")
    ann.filed()
    plain = visit(java_script_enabled=False, storage_state=ann.context.storage_state())
    page = plain.open("/dex/")

    page.get_by_role("button", name="Favourite: Dog family").click()
    page.wait_for_url("**/dex/")
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Favourites", exact=True).check()
    page.get_by_role("button", name="Search").click()

    expect(page.locator(".plate")).to_have_count(1)
    page.get_by_label("Favourites: do not ask for it").click()
    page.wait_for_url("**/dex/?")
