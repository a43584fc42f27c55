"""The feed: what friends found, and the words left there."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

import make
from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry, Reaction
from biologidex.social import services as social
from biologidex.web.marks import Mark

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def friends(ann: User, bob: User) -> None:
    """Ann and Bob are friends; it is Ann's feed, Bob's finds."""
    make.friends(ann, bob)


def find(owner: User, name: str, *, hours: float = 0, **fields: object) -> DexEntry:
    at = timezone.now() - timedelta(hours=hours)
    return make.dex_entry(owner, animal=make.animal(make.taxon(name)), created_at=at, **fields)


def names(answer: object) -> list[str]:
    days = answer.context["days"]  # type: ignore[attr-defined]
    return [entry.animal.taxon.scientific_name for day in days for entry, _ in day.finds]


def test_it_shows_what_friends_show_the_newest_first(anns: Client, ann: User, bob: User, eve: User) -> None:
    find(bob, "Canis lupus", hours=2)
    find(bob, "Vulpes vulpes", hours=1, visibility="public")
    find(bob, "Meles meles", visibility="private")
    find(ann, "Lynx lynx")
    find(eve, "Ursus arctos", visibility="public")

    assert names(anns.get("/feed/")) == ["Vulpes vulpes", "Canis lupus"]


def test_finds_stand_under_the_day_of_the_readers_clock(anns: Client, bob: User) -> None:
    find(bob, "Canis lupus")
    find(bob, "Vulpes vulpes", hours=24)
    find(bob, "Meles meles", hours=24 * 40)
    anns.cookies["time_zone"] = "Pacific/Kiritimati"

    days = anns.get("/feed/").context["days"]

    with timezone.override("Pacific/Kiritimati"):
        assert [day.name for day in days][:2] == ["Today", "Yesterday"]
    assert len(days) == 3


def test_older_finds_follow_whatever_is_found_meanwhile(
    anns: Client, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("biologidex.web.views.feed.FINDS", 2)
    for number in range(5):
        find(bob, f"Animal {number}", hours=number)
    first = anns.get("/feed/")
    find(bob, "Brand new")

    second = anns.get(f"/feed/?after={first.context['older']}", headers={"HX-Request": "true"})
    third = anns.get(f"/feed/?after={second.context['older']}")

    assert names(first) == ["Animal 0", "Animal 1"]
    assert names(second) == ["Animal 2", "Animal 3"]
    assert names(third) == ["Animal 4"]
    assertNotContains(second, "<html")
    assertNotContains(second, "<h2>Today")  # the page before has begun this day
    assertContains(third, "You have seen everything")


@pytest.mark.parametrize("after", ["x", "%00", "20260101T000000.000000~x", "99999999T~", "~"])
def test_a_mark_that_is_none_begins_at_the_top(anns: Client, bob: User, after: str) -> None:
    find(bob, "Canis lupus")

    assert names(anns.get(f"/feed/?after={after}")) == ["Canis lupus"]


def test_what_is_new_is_counted_and_not_pushed_in(anns: Client, bob: User) -> None:
    mark = Mark.of(find(bob, "Canis lupus", hours=1))
    assertNotContains(anns.get(f"/feed/news/?since={mark}"), "new find")

    find(bob, "Vulpes vulpes")
    assertContains(anns.get(f"/feed/news/?since={mark}"), "1 new find<")
    find(bob, "Meles meles")
    find(bob, "Lynx lynx", visibility="private")
    assertContains(anns.get(f"/feed/news/?since={mark}"), "2 new finds<")


def test_an_empty_page_shows_the_first_find_at_once(anns: Client, bob: User) -> None:
    assert "HX-Refresh" not in anns.get("/feed/news/", {"since": ""}, headers={"HX-Request": "true"}).headers

    make.dex_entry(bob)

    answer = anns.get("/feed/news/", {"since": ""}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"


def test_without_friends_it_leads_to_them(eves: Client) -> None:
    assertContains(eves.get("/feed/"), "Find a friend")


def test_places_and_notes_are_not_in_it(anns: Client, bob: User) -> None:
    find(bob, "Canis lupus", place_name="Behind the mill", latitude=40.123, longitude=-3.5, geoprivacy="open")

    page = anns.get("/feed/")

    assertNotContains(page, "Behind the mill")
    assertNotContains(page, "40.1")


class TestWords:
    def test_a_word_is_left_and_everybody_near_reads_by_whom(
        self, anns: Client, ann: User, bob: User
    ) -> None:
        card, carl = find(bob, "Canis lupus"), make.user("carl")
        make.friends(carl, bob)

        piece = anns.post(f"/feed/{card.pk}/react/", {"kind": "lovely"}, headers={"HX-Request": "true"})

        assertContains(piece, 'aria-pressed="true"', count=1)
        assertContains(piece, "ann")
        carls = Client()
        carls.force_login(carl)
        assertContains(carls.get("/feed/"), "<b>Lovely</b> ann")

    def test_it_is_taken_back_by_pressing_again(self, anns: Client, bob: User) -> None:
        card = find(bob, "Canis lupus")
        anns.post(f"/feed/{card.pk}/react/", {"kind": "wow"})

        piece = anns.post(f"/feed/{card.pk}/react/", {"kind": ""}, headers={"HX-Request": "true"})

        assertNotContains(piece, 'aria-pressed="true"')
        assert not Reaction.objects.exists()

    def test_without_scripts_one_comes_back_to_the_find(self, anns: Client, bob: User) -> None:
        card = find(bob, "Canis lupus")

        answer = anns.post(f"/feed/{card.pk}/react/", {"kind": "wow", "next": f"/feed/#words-{card.pk}"})
        assertRedirects(answer, f"/feed/#words-{card.pk}", fetch_redirect_response=False)
        elsewhere = anns.post(f"/feed/{card.pk}/react/", {"kind": "wow", "next": "https://example.com/"})
        assertRedirects(elsewhere, "/feed/")

    def test_whoever_may_not_see_the_card_leaves_none(self, anns: Client, ann: User, bob: User) -> None:
        hidden, shown = find(bob, "Canis lupus", visibility="private"), find(bob, "Vulpes vulpes")
        social.block(by=bob, whom=ann)

        for card in (hidden, shown):
            assert anns.post(f"/feed/{card.pk}/react/", {"kind": "wow"}).status_code == 404

    def test_a_word_that_there_is_not_is_refused(self, anns: Client, bob: User) -> None:
        card = find(bob, "Canis lupus")

        assert anns.post(f"/feed/{card.pk}/react/", {"kind": "boring"}).status_code == 400


def test_it_takes_as_many_queries_for_many_finds_as_for_one(
    anns: Client, ann: User, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    counts = []
    for _ in range(2):
        for number in range(3):
            card = find(bob, f"Animal {DexEntry.objects.count()} {number}")
            Reaction.objects.create(entry=card, person=ann, kind="wow")
        with django_assert_num_queries(100, exact=False) as queries:
            anns.get("/feed/")
        counts.append(len(queries))

    assert counts[0] == counts[1] < 16


def test_a_card_has_the_words_of_friends_and_lets_friends_leave_theirs(
    anns: Client, ann: User, bob: User, eve: User
) -> None:
    card = find(bob, "Canis lupus", visibility="public")
    Reaction.objects.create(entry=card, person=ann, kind="wow")
    eves = Client()
    eves.force_login(eve)

    assertContains(anns.get(f"/dex/{card.pk}/"), "<b>Wow</b> ann")
    assertContains(anns.get(f"/dex/{card.pk}/"), 'aria-pressed="true"')
    assertNotContains(eves.get(f"/dex/{card.pk}/"), "aria-pressed")
    assertNotContains(eves.get(f"/dex/{card.pk}/"), "<b>Wow</b>")
