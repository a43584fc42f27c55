"""Two people: by code they become friends, what one finds the other sees at once, and words go back."""

import time

from playwright.sync_api import Page, expect

from visitor import DESKTOP, PHONE, Visit, Visitor, befriend


def file_one(visitor: Visitor, visibility: str) -> Page:
    """Photograph an animal and show it to these people. Returns as soon as the card is there."""
    visitor.identified()
    page = visitor.page
    page.locator(f"[name=visibility][value={visibility}]").check(force=True)
    page.get_by_role("button", name="Add to my dex").click()
    page.wait_for_url("**/dex/*-*/")
    return page


def test_a_find_reaches_a_friend_by_itself_and_a_word_comes_back(visit: Visit) -> None:
    ann, bob = visit(viewport=PHONE, has_touch=True), visit(viewport=DESKTOP)
    ann.sign_up("ann-finds")
    bob.sign_up("bob-watches")
    befriend(bob, ann)
    feed = bob.open("/feed/")
    expect(feed.get_by_role("heading", name="It is quiet in the woods")).to_be_visible()

    file_one(ann, "private")
    time.sleep(1)
    assert feed.locator("#feed-news a").count() == 0

    card = file_one(ann, "friends")  # the same animal: its card was private, and stays so
    card.get_by_role("link", name="Edit").click()
    card.locator("[name=visibility][value=friends]").check(force=True)
    card.get_by_role("button", name="Save").click()
    expect(card.get_by_text("The card says so now.")).to_be_visible()
    # An empty page is loaded anew at once; one with finds says how many are new.
    expect(feed.locator(".find")).to_contain_text("ann-finds")
    feed.get_by_role("button", name="Lovely").click()
    expect(feed.get_by_role("button", name="Lovely")).to_have_attribute("aria-pressed", "true")

    expect(card.locator("#bell .count")).to_be_visible()
    card.locator("#bell").click()
    card.get_by_text("bob-watches: Lovely").click()
    expect(card.locator(".said")).to_contain_text("bob-watches")
    assert ann.complaints == bob.complaints == []


def test_whoever_is_blocked_sees_nothing_and_is_told_nothing(visit: Visit) -> None:
    ann, bob = visit(), visit()
    ann.sign_up("ann-blocks")
    bob.sign_up("bob-is-blocked")
    befriend(bob, ann)
    file_one(ann, "friends")
    expect(bob.open("/feed/").locator(".find")).to_have_count(1)

    page = ann.open("/friends/@bob-is-blocked/block/")
    expect(page.get_by_text("They will not be told.")).to_be_visible()
    page.get_by_role("button", name="Block", exact=True).click()
    expect(page.get_by_text("bob-is-blocked is blocked")).to_be_visible()

    expect(bob.open("/feed/").locator(".find")).to_have_count(0)
    expect(bob.open("/friends/@ann-blocks/").get_by_text("among your friends")).to_be_visible()
    expect(bob.open("/notifications/").get_by_text("ann-blocks")).to_have_count(0)
    assert ann.complaints == []


def test_the_game_is_switched_off_with_one_press(visit: Visit) -> None:
    ann = visit(viewport=PHONE, has_touch=True)
    ann.sign_up("ann-plays-not")
    file_one(ann, "friends")
    page = ann.open("/progress/")
    expect(page.get_by_role("heading", name="Streaks")).to_be_visible()

    page.get_by_role("button", name="Switch it off").click()

    expect(page.get_by_role("button", name="Switch it on")).to_be_visible()
    for heading in ("Streaks", "Badges", "Sets"):
        expect(page.get_by_role("heading", name=heading)).to_have_count(0)
    expect(page.get_by_role("heading", name="The last twelve months")).to_be_visible()
    assert ann.complaints == []
