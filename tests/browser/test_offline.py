"""Without a connection, and after somebody has left: what a browser keeps, and what it does not."""

from playwright.sync_api import Page, expect

from visitor import Visit, Visitor, wait_until

READY = "navigator.serviceWorker.ready.then((found) => Boolean(found.active))"
KEPT = """async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return names.flatMap((name, place) => requests[place].map((one) => name.split("-")[0] + new URL(one.url).pathname));
}"""


def with_worker(person: Visitor) -> Page:
    """Wait until the worker helps, and has kept the page that was there before it."""
    page = person.page
    page.evaluate(READY)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    return page


def kept_by(page: Page) -> list[str]:
    """Return the addresses of all that the browser's caches hold."""
    kept: list[str] = page.evaluate(KEPT)
    return kept


def until_kept(page: Page, path: str) -> None:
    """Wait until the worker has kept an address: it does so beside the page."""
    wait_until(page, f"async () => (await ({KEPT})()).includes('private{path}')")


def kept_privately(page: Page) -> list[str]:
    return [one.removeprefix("private") for one in kept_by(page) if one.startswith("private")]


def test_the_dex_and_the_cards_that_were_opened_can_be_read_without_a_connection(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-reads")
    with_worker(ann)
    card = ann.filed(notes="Alone, at dawn.")
    until_kept(ann.open(card), card)
    page = ann.open("/dex/")
    until_kept(page, "/dex/")
    until_kept(page, str(page.locator(".plate img").first.get_attribute("src")))

    expect(page.get_by_text("this is what was here last")).to_have_count(0)

    ann.context.set_offline(True)

    page = ann.open("/dex/")
    expect(page.get_by_text("No connection: this is what was here last.")).to_be_visible()
    expect(page.locator(".plate")).to_have_count(1)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.plate img')].every((one) => one.naturalWidth > 0)"
    )
    page.locator(".plate").first.click()
    expect(page.get_by_text("Alone, at dawn.")).to_be_visible()
    page = ann.open("/capture/")
    expect(page.get_by_role("heading", name="What have you met?")).to_be_visible()
    page = ann.open("/dex/?q=unknown")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()


def test_the_first_page_is_kept_although_it_was_there_before_the_worker(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-first")
    page = with_worker(ann)
    until_kept(page, "/dex/")

    ann.context.set_offline(True)

    expect(ann.open("/dex/").get_by_role("heading", name="Your dex")).to_be_visible()


def test_nothing_private_is_left_after_signing_out(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-leaves")
    with_worker(ann)
    ann.filed()
    page = ann.open("/dex/")
    until_kept(page, "/dex/")

    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{ann.address}/")

    assert kept_privately(page) == []
    ann.context.set_offline(True)
    expect(ann.open("/dex/").get_by_role("heading", name="No connection")).to_be_visible()
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", name="Your dex")).to_have_count(0)


def test_nobody_reads_what_was_kept_for_somebody_else(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-shares-a-phone")
    with_worker(ann)
    ann.filed(notes="Ann's secret.")
    until_kept(ann.open("/dex/"), "/dex/")
    ann.context.clear_cookies()  # her session ended elsewhere

    page = ann.sign_up("ben-shares-a-phone")
    until_kept(page, "/dex/")

    assert [path for path in kept_privately(page) if path.startswith("/photos/")] == []
    ann.context.set_offline(True)
    page = ann.open("/dex/")
    expect(page.get_by_role("heading", name="Your dex")).to_be_visible()
    expect(page.locator(".plate")).to_have_count(0)


def test_a_new_version_comes_when_it_is_let_in(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-updates")
    page = with_worker(ann)
    # Another address of the same worker counts as another worker, as other words at the same address do.
    page.evaluate("navigator.serviceWorker.register('/service-worker.js?newer', { type: 'module' })")
    expect(page.locator(".new-version")).to_be_visible()
    expect(page.locator("#announcer")).to_have_text("A new version is ready.")
    waiting = "navigator.serviceWorker.getRegistration().then((found) => Boolean(found.waiting))"
    assert page.evaluate(waiting)

    with page.expect_navigation():
        page.get_by_role("button", name="Reload").click()
    helping = "() => navigator.serviceWorker.controller.scriptURL.endsWith('?newer')"
    page.wait_for_function(helping)


def test_the_browser_finds_all_that_it_needs_to_install_us(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-installs")
    page = with_worker(ann)
    inspector = ann.context.new_cdp_session(page)

    manifest = inspector.send("Page.getAppManifest")
    faults = inspector.send("Page.getInstallabilityErrors")["installabilityErrors"]

    assert manifest["errors"] == []
    assert [fault["errorId"] for fault in faults if fault["errorId"] != "in-incognito"] == []
