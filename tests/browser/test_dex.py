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
    page.wait_for_url("**/dex/?q=dawn")
    expect(page.locator(".plate")).to_have_count(1)
    page.reload()
    expect(page.get_by_label("Search your dex")).to_have_value("dawn")
    page.keyboard.press("Tab")
    page.get_by_role("link", name="Dog family").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/dex/*-*/")
    assert ann.complaints == []


def test_a_card_shows_its_photos_by_the_arrow_keys_is_corrected_and_goes(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-corrects")
    for _ in range(2):
        ann.filed()
    page = ann.page
    expect(page.get_by_role("link", name="Photo 2 of Dog family")).to_be_visible()
    before = page.locator("#large").get_attribute("src")
    page.get_by_role("link", name="Photo 1 of Dog family").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#announcer")).to_have_text("Photo 2 of 2")
    assert page.locator("#large").get_attribute("src") != before
    expect(page.get_by_role("link", name="Photo 2 of Dog family")).to_be_focused()

    page.get_by_role("link", name="It is another animal").click()
    page.get_by_label("Search all animals").fill("red fox")
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="Red fox").first.check()
    page.get_by_role("button", name="Correct the card").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Red fox")
    expect(page.get_by_text("You corrected it from Canidae to Vulpes vulpes.")).to_be_visible()

    page.get_by_role("link", name="All about Red fox").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Red fox")
    page.get_by_role("link", name="Your card").click()
    page.get_by_role("link", name="Delete this card").click()
    page.get_by_role("button", name="Delete it for good").click()
    expect(page.get_by_text("The first page is still blank")).to_be_visible()
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
