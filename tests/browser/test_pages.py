"""What holds on every page: nothing complains, nothing sticks out, everybody can use it."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

import make
from biologidex.dex.collection.sets import all_sets
from biologidex.web.urls import urlpatterns
from visitor import DESKTOP, PHONE, Visit, Visitor, befriend

STICKING_OUT = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


# Addresses that answer with no page: pieces of pages, downloads, deeds, and pages that a test of their own opens.
NO_PAGES = {
    *(
        "manifest",
        "touch-icon",
        "icon",
        "service-worker",
        "language",
        "sign-out",
        "live",
        "share-target",
        "job-progress",
        "ready",
        "arrived",
    ),
    *(
        "parts",
        "search",
        "retry",
        "discard",
        "end-link",
        "favorite",
        "settings-email",
        "settings-confirm-email",
    ),
    *(
        "settings-code",
        "settings-export",
        "settings-import",
        "settings-import-confirm",
        "settings-import-discard",
    ),
    *(
        "settings-devices-others",
        "settings-device",
        "feed-news",
        "react",
        "ask-friend",
        "new-code",
        "answer-friend",
    ),
    *("unblock", "game", "year-picture", "bell", "read-notifications", "unsubscribe", "follow-notification"),
    *("tree-branch", "tree-data", "tree-line", "tree-newick", "tree-picture", "tree-pictures", "tree-search"),
    *("new-password", "confirm-email", "farewell"),
}
FOR_ANYBODY = {
    "welcome": "/",
    "sign-in": "/sign-in/",
    "sign-up": "/sign-up/",
    "forgot-password": "/forgot-password/",
    "confirm-again": "/confirm-email/",
    "offline": "/offline/",
    "design": "/design/",
    "404": "/nothing/",
}
WITHOUT_CARDS = {
    "dex without cards": "/dex/",
    "feed without friends": "/feed/",
    "friends without friends": "/friends/",
    "tree without cards": "/tree/",
    "progress without cards": "/progress/",
    "notifications without any": "/notifications/",
    "links without any": "/dex/links/",
    "capture": "/capture/",
}
FOR_ONESELF = {
    "dex": "/dex/",
    "dex narrowed": "/dex/?q=wolf&sort=name",
    "links": "/dex/links/",
    "feed": "/feed/",
    "friends": "/friends/",
    "progress": "/progress/",
    "set": "/progress/sets/{set}/",
    "year": "/progress/{year}/",
    "notifications": "/notifications/",
    "notification-settings": "/notifications/settings/",
    "tree": "/tree/?at=1",
    "tree as a list": "/tree/?as=list&at=1",
    "tree of chosen friends": "/tree/?mode=selected&q=dog",
    "settings": "/settings/",
    "settings-profile": "/settings/profile/",
    "settings-password": "/settings/password/",
    "settings-privacy": "/settings/privacy/",
    "settings-identification": "/settings/identification/",
    "settings-data": "/settings/data/",
    "settings-words": "/settings/words/",
    "settings-devices": "/settings/devices/",
    "settings-delete": "/settings/delete/",
    "friend": "/friends/@{friend}/",
    "add-friend": "/friends/add/{code}/",
    "remove-friend": "/friends/@{friend}/remove/",
    "block": "/friends/@{friend}/block/",
    "report-person": "/friends/@{friend}/report/",
}
OF_A_CARD = {
    "card": "",
    "edit": "edit/",
    "card-animal": "animal/",
    "card-animal searched": "animal/?q=wolf",
    "delete-card": "delete/",
    "share": "share/",
}


def every_page(person: Visitor, friend: Visitor, name: str) -> Iterator[tuple[str, Page]]:
    """Open every page once, in a sensible order. The first word is the name of the page's address."""
    for page, path in FOR_ANYBODY.items():
        yield page, person.open(path)
    person.sign_up(name)
    friend.sign_up(f"friend-of-{name}")
    for page, path in WITHOUT_CARDS.items():
        yield page, person.open(path)
    befriend(friend, person)
    code = friend.open("/friends/").locator("#my-code").inner_text()
    theirs = friend.filed(visibility="friends")
    job = person.identified()
    yield "capture with a photo", person.open("/capture/")
    yield "job", person.open(job)
    today = timezone.now().date()
    card = person.filed(catch_date=today.isoformat(), notes="Alone, at dawn. " * 30, place_name="Sierra" * 30)
    for page, rest in OF_A_CARD.items():
        yield page, person.open(card + rest)
    known = {
        "code": code,
        "friend": f"friend-of-{name}",
        "year": today.year,
        "set": all_sets()[0].key,
    }
    for page, path in FOR_ONESELF.items():
        yield page, person.open(path.format(**known))
    yield "card of a friend", person.open(theirs)
    yield "report-card", person.open(theirs.replace("/dex/", "/report/"))
    person.open(card).get_by_role("link", name="All about").click()
    yield "species", person.page
    yield "shared", person.open(link_to(person, card))


def link_to(person: Visitor, card: str) -> str:
    """Share a card and return the link's path: its host is the one that the server was told."""
    page = person.open(f"{card}share/")
    page.get_by_role("button", name="Make a link").click()
    return urlsplit(page.locator("#address").input_value()).path


def faults_of(page: Page) -> list[str]:
    """Return what would annoy somebody on this page, or keep them out."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    faults = [
        f"{rule['id']}: {node['html'][:150]}"
        for rule in found.response["violations"]
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
    ]
    if (pixels := page.evaluate(STICKING_OUT)) > 0:
        faults.append(f"{pixels} pixels stick out")
    if page.locator("h1").count() != 1 or not page.title():
        faults.append("not one heading and a title")
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.textContent") != "Skip to the content":
        faults.append("no way past the menu")
    return faults


def test_no_page_is_left_out() -> None:
    opened = {
        *FOR_ANYBODY,
        *WITHOUT_CARDS,
        *FOR_ONESELF,
        *OF_A_CARD,
        "job",
        "report-card",
        "species",
        "shared",
    }
    pages = {pattern.name for pattern in urlpatterns} - NO_PAGES

    assert {name for name in pages if name and not name.startswith("staff")} <= {
        name.split()[0] for name in opened
    }


@pytest.mark.parametrize(("scheme", "viewport"), [("light", PHONE), ("dark", DESKTOP)])
def test_everybody_can_read_and_reach_everything(visit: Visit, scheme: str, viewport: dict[str, int]) -> None:
    ann = visit(color_scheme=scheme, viewport=viewport, has_touch=viewport is PHONE)

    found = {}
    for name, page in every_page(ann, visit(), f"ann-{scheme}"):
        ann.picture(f"{name}-{scheme}")
        found[name] = faults_of(page)

    assert {name: faults for name, faults in found.items() if faults} == {}
    assert ann.complaints == []


def test_one_signs_in_with_the_keyboard_alone(visit: Visit) -> None:
    visit().sign_up("ann-keys")
    ann = visit()
    page = ann.open("/sign-in/")

    for _ in range(6):  # past the menu
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "name":
            break
    page.keyboard.type("ann-keys")
    page.keyboard.press("Tab")
    page.keyboard.type(make.PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Your dex")).to_be_visible()


def test_an_animal_is_chosen_and_filed_with_the_keyboard_alone(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-arrows")
    ann.identified()
    page = ann.page

    page.locator("input[name=taxon]:checked").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Coyote")).to_be_checked()
    page.get_by_label("Notes").focus()
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == "Add to my dex":
            break
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Coyote")


def test_what_somebody_writes_never_runs(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-writes")
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"

    card = ann.filed(notes=evil, place_name=evil)

    for path in (card, f"{card}edit/", "/dex/?q=%3Cscript%3Ealert(3)%3C/script%3E"):
        ann.open(path).wait_for_load_state("networkidle")
        assert ann.page.locator("img[src=x]").count() == 0
    assert ann.dialogs == []
    assert ann.complaints == []


def test_a_new_card_turns_over_unless_motion_is_unwanted(visit: Visit) -> None:
    ann = visit(reduced_motion="no-preference")
    ann.sign_up("ann-moves")
    ann.filed()
    running = "getComputedStyle(document.querySelector('.plate')).animationName"

    assert ann.page.evaluate(running) == "turn"
    ann.page.emulate_media(reduced_motion="reduce")
    assert ann.page.evaluate(running) == "none"


def test_a_favourite_is_marked_without_leaving_the_card(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-likes")
    ann.filed()
    star = ann.page.get_by_role("button", name="Favourite")

    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "false")
    assert ann.complaints == []


def test_the_dex_is_searched_while_typing(visit: Visit) -> None:
    ann = visit()
    ann.sign_up("ann-looks")
    ann.filed()
    page = ann.open("/dex/")

    page.get_by_label("Search your dex").press_sequentially("griffin", delay=20)
    expect(page.get_by_text("No card of yours fits that.")).to_be_visible()
    page.get_by_label("Search your dex").fill("canid")
    expect(page.locator(".plate")).to_have_count(1)
    assert "q=canid" in page.url
    assert ann.complaints == []
