"""The pages of those who run a server, as they use them; and the admin at its own host."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from browser.test_pages import faults_of
from running import Server
from visitor import DESKTOP, PHONE, Visit, Visitor

PAGES = ("", "reports/", "people/", "animals/", "sensitive/", "jobs/", "costs/", "audit/")


@pytest.fixture(scope="module")
def settings_of_its_own() -> dict[str, str]:
    """Let this server have an admin."""
    return {"BIOLOGIDEX_ADMIN_HOST": "admin.localhost"}


@pytest.fixture
def staffed(visit: Visit, server: Server) -> Callable[..., Visitor]:
    """Give the browser of somebody whom the operator has made staff."""

    def made(name: str, *rights: str, **options: object) -> Visitor:
        person = visit(**options)
        person.sign_up(name)
        server.run("staff", name, *rights)
        return person

    return made


def test_a_reported_card_is_hidden_and_gone_for_others(visit: Visit, staffed: Callable[..., Visitor]) -> None:
    ann, eve, sam = visit(), visit(viewport=PHONE), staffed("sam-settles", viewport=PHONE)
    ann.sign_up("ann-rude")
    page = ann.open("/settings/privacy/")
    page.get_by_role("radio", name="Everyone").check(force=True)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It counts for finds from now on.")).to_be_visible()
    card = ann.filed(notes="Rude words.")
    eve.sign_up("eve-reports")
    page = eve.open(card)
    page.get_by_role("link", name="Report this card").click()
    page.locator("input[type=radio]").first.check(force=True)
    page.locator("main form button.button").first.click()

    page = sam.open("/staff/")
    page.get_by_role("link", name="Open reports").click()
    page.get_by_role("link", name="offensive").first.click()
    expect(page.get_by_text("Rude words.").first).to_be_visible()
    page.get_by_text("Look at its photos").click()
    expect(page.locator(".photo-strip img").first).not_to_have_js_property("naturalWidth", 0)
    page.get_by_label("Why").fill("It hurts somebody.")
    page.get_by_role("button", name="Hide the card").click()

    expect(page.get_by_text("Settled, and written down.")).to_be_visible()
    sam.open("/staff/audit/")
    expect(page.get_by_text("report.look")).to_be_visible()
    expect(page.get_by_text("card.hide")).to_be_visible()
    eve.open(card)
    expect(eve.page.get_by_role("heading", name="Nothing lives here")).to_be_visible()
    ann.open(card)
    expect(ann.page.get_by_role("heading", level=1)).to_have_text("Dog family")
    assert sam.complaints == []


@pytest.mark.parametrize(("scheme", "viewport"), [("light", PHONE), ("dark", DESKTOP)])
def test_everybody_can_read_and_reach_every_staff_page(
    staffed: Callable[..., Visitor], scheme: str, viewport: dict[str, int]
) -> None:
    sam = staffed(f"sam-{scheme}", color_scheme=scheme, viewport=viewport)
    sam.filed()

    found = {}
    for path in (*PAGES, "animals/?q=dog", "sensitive/?q=owl"):
        page = sam.open(f"/staff/{path}")
        sam.picture(f"staff-{path.strip('/?=').replace('/', '-') or 'overview'}-{scheme}")
        found[path] = faults_of(page)
    for opened_from in ("animals/", "sensitive/?q=owl", "jobs/", f"people/?q=sam-{scheme}"):
        page = sam.open(f"/staff/{opened_from}")
        page.locator(".staff-main td a, .staff-main .what a").first.click()
        sam.picture(f"staff-one-of-{opened_from.partition('/')[0]}-{scheme}")
        found[page.url] = faults_of(page)

    assert {path: faults for path, faults in found.items() if faults} == {}
    assert sam.complaints == []


def test_the_admin_keeps_to_the_rules_of_every_page(
    staffed: Callable[..., Visitor], chromium: Browser, server: Server
) -> None:
    staffed("uma-looks", "--everything")  # signs up where everybody does
    uma = Visitor(chromium.new_context(viewport=DESKTOP), f"http://admin.localhost:{server.port}")
    page = uma.open("/admin/")
    page.get_by_label("User name or e-mail").fill("uma-looks")
    page.get_by_label("Password", exact=True).fill("kingfisher-over-water")
    page.get_by_role("button", name="Sign in").click()

    page.get_by_role("link", name="Users", exact=True).click()
    expect(page.get_by_text("uma-looks@example.org")).to_be_visible()
    page.get_by_role("link", name="uma-looks", exact=True).first.click()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    uma.picture("admin-user")

    assert uma.complaints == []
    uma.context.close()
