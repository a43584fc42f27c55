"""The two pages that describe the API, from our own files alone and under our own policy."""

import re

from playwright.sync_api import Locator, Page, expect

from visitor import Visit


def operation(page: Page, path: str) -> Locator:
    """Return what opens the operations of an address."""
    return page.locator(f'[data-path="{path}"]')


def test_swagger_shows_every_part_and_opens_a_call(visit: Visit) -> None:
    reader = visit()

    page = reader.open("/api/docs/")

    expect(page.get_by_role("heading", name="BiologiDex")).to_be_visible()
    operation(page, "/api/v1/users/me/").first.click()
    expect(page.get_by_role("button", name="Try it out")).to_be_visible()
    assert reader.complaints == []


def test_a_call_can_be_tried_by_whoever_is_signed_in_on_our_pages(visit: Visit) -> None:
    reader = visit()
    reader.sign_up("otter-reader")

    page = reader.open("/api/docs/")
    operation(page, "/api/v1/users/friend_code/").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()

    expect(page.locator(".live-responses-table .response .response-col_status").first).to_have_text(
        re.compile("200")
    )
    assert reader.complaints == []


def test_redoc_shows_every_part(visit: Visit) -> None:
    reader = visit()

    page = reader.open("/api/redoc/")

    expect(page.get_by_role("heading", name=re.compile("BiologiDex")).first).to_be_visible()
    expect(page.get_by_role("menuitem", name="accounts").first).to_be_visible()
    assert reader.complaints == []


def test_nothing_is_asked_of_anybody_else(visit: Visit) -> None:
    reader = visit()
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))

    for path in ("/api/docs/", "/api/redoc/"):
        reader.open(path)
        reader.page.wait_for_load_state("networkidle")

    assert asked
    assert [url for url in asked if not url.startswith((reader.address, "data:", "blob:"))] == []
