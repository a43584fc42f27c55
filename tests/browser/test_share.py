"""A card goes to somebody without an account, and is taken back."""

from playwright.sync_api import Page, expect

from visitor import PHONE, Visit


def made_link(page: Page) -> str:
    """Make a link to the card that is shown, for a day, and return it."""
    page.get_by_role("link", name="Share", exact=True).click()
    page.get_by_role("radio", name="1 day").check()
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_text("Here is your link.")).to_be_visible()
    return page.get_by_label("Link", exact=True).input_value()


def assert_can_be_scanned(page: Page) -> None:
    """Nothing is written over what another phone has to read."""
    code, until = (page.locator(f".made figure > {what}").bounding_box() for what in ("svg", "figcaption"))
    assert code
    assert until
    assert code["y"] + code["height"] <= until["y"]


def test_a_link_shows_the_card_to_somebody_without_an_account_until_it_is_ended(visit: Visit) -> None:
    ann = visit(permissions=["clipboard-read", "clipboard-write"])
    ann.sign_up("ann-shares")
    ann.filed(place_name="Hollerbusch", notes="Under the third stone.")
    page = ann.page
    address = made_link(page)
    page.get_by_role("button", name="Copy the link").click()
    expect(page.locator("#announcer")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == address
    assert_can_be_scanned(page)
    path = "/shared/" + address.rstrip("/").rpartition("/")[2] + "/"

    eve = visit(viewport=PHONE)
    seen = eve.open(path)
    expect(seen.get_by_role("heading", level=1)).to_have_text("Dog family")
    assert (
        seen.locator(".plate-photo img").evaluate("photo => photo.decode().then(() => photo.naturalWidth)")
        > 0
    )
    assert "Hollerbusch" not in seen.content()
    assert "third stone" not in seen.content()
    assert seen.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    seen.get_by_label("Language").select_option(
        "de"
    )  # a form of ours on a page that tells nobody where it is
    expect(seen.locator("html")).to_have_attribute("lang", "de")
    seen.locator("#language").select_option("en")
    expect(seen.locator("html")).to_have_attribute("lang", "en")

    page.get_by_role("button", name="End the link to Dog family").click()
    expect(page.get_by_text("That link leads nowhere any more.")).to_be_visible()
    seen.reload()
    expect(seen.get_by_role("heading", level=1)).to_have_text("This link has ended")
    assert eve.context.request.get(f"{eve.address}{path}1-full.jpg").status == 410
    assert [*ann.complaints, *eve.complaints] == []
