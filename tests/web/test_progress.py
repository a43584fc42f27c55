"""What one's dex adds up to, and the switch that turns the game off."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.dex.collection.statistics import streaks_of
from biologidex.dex.models import DexEntry
from biologidex.web import charts

pytestmark = pytest.mark.django_db
GAME = ("Streaks", "Badges", "Sets", "First here")


def card(owner: User, name: str, day: date | str | None = None, **fields: Any) -> DexEntry:
    about = {key: fields.pop(key) for key in ("phylum", "class_name", "order", "species") if key in fields}
    return make.dex_entry(owner, animal=make.animal(make.taxon(name, **about)), catch_date=day, **fields)


def test_an_empty_dex_says_how_to_begin(anns: Client) -> None:
    assertContains(anns.get("/progress/"), "It begins with one animal")


def test_numbers_groups_and_months_are_told(anns: Client, ann: User, eve: User) -> None:
    today = timezone.localdate()
    card(ann, "Canis lupus", today, class_name="Mammalia", species="Canis lupus")
    card(ann, "Vulpes vulpes", today - timedelta(days=400), class_name="Mammalia", species="Vulpes vulpes")
    card(ann, "Pica pica", None, class_name="Aves", species="Pica pica")
    card(eve, "Lynx lynx", today, visibility="public")

    page = anns.get("/progress/")

    assert page.context["numbers"]["cards"] == 3
    assert [(share.group.key, share.count) for share in page.context["shares"]] == [
        ("mammals", 2),
        ("birds", 1),
    ]
    assert [bar.count for bar in page.context["bars"]] == [0] * 11 + [1]
    assertContains(page, "1 find has no date that is known")
    assertContains(page, "<table")  # the same as the drawing


class TestStreaks:
    today = date(2026, 5, 6)  # a Wednesday

    def streaks(self, ann: User, *days_ago: int) -> tuple[int, int, int, int]:
        for days in days_ago:
            card(ann, f"Animal {days}", self.today - timedelta(days=days))
        from_cards = DexEntry.objects.filter(owner=ann)
        told = streaks_of(list(from_cards), today=self.today)  # type: ignore[arg-type]
        return told.days, told.longest_days, told.weeks, told.longest_weeks

    def test_days_in_a_row_go_on_until_the_end_of_the_next_day(self, ann: User) -> None:
        assert self.streaks(ann, 1, 2, 3) == (3, 3, 2, 2)

    def test_a_gap_ends_them_and_the_best_is_remembered(self, ann: User) -> None:
        assert self.streaks(ann, 0, 20, 21, 22) == (1, 3, 1, 1)

    def test_weeks_begin_on_monday_and_go_on_through_the_next(self, ann: User) -> None:
        assert self.streaks(ann, 5, 12, 19) == (0, 1, 3, 3)

    def test_days_that_nobody_knows_or_that_are_still_to_come_count_for_nothing(self, ann: User) -> None:
        card(ann, "Undated")

        assert self.streaks(ann, -3) == (0, 0, 0, 0)


def test_bars_fill_their_frame_and_stand_in_order() -> None:
    bars = charts.by_month([date(2026, 1, 5), date(2026, 1, 6), date(2026, 3, 1)], charts.months_of(2026))

    assert [(bar.count, bar.height, bar.top) for bar in bars[:3]] == [(2, 100, 0), (0, 0, 100), (1, 50, 50)]
    assert charts.months_until(date(2026, 2, 28))[0] == date(2025, 3, 1)
    assert len(charts.months_until(date(2026, 12, 31))) == 12


def test_badges_say_what_is_left_in_plain_words(anns: Client, ann: User) -> None:
    for number in range(9):
        card(ann, f"Animal {number}")

    page = anns.get("/progress/")

    assertContains(page, "9 of 10: one more")
    assert [one.badge.key for one in page.context["earned"]] == ["first-find", "pioneer"] or page.context[
        "earned"
    ]


def test_a_set_shows_what_is_found_and_what_is_missing(anns: Client, ann: User) -> None:
    lion = card(ann, "Panthera leo", species="Panthera leo")

    assertContains(anns.get("/progress/"), "1 of 8")
    page = anns.get("/progress/sets/big-cats/")
    assertContains(page, f'href="/dex/{lion.pk}/"')
    assertContains(page, "Missing:", count=7)
    assert anns.get("/progress/sets/dragons/").status_code == 404


class TestTheSwitch:
    def test_turns_the_game_off_everywhere_and_on_again(
        self, anns: Client, ann: User, bob: User, api: APIClient
    ) -> None:
        make.friends(ann, bob)
        card(ann, "Panthera leo", timezone.localdate(), species="Panthera leo")
        bobs = Client()
        bobs.force_login(bob)

        assertRedirects(anns.post("/progress/game/", {"plays": "0"}), "/progress/")

        page = anns.get("/progress/")
        for words in GAME:
            assertNotContains(page, f">{words}<")
        assertContains(page, "By group")
        assertRedirects(anns.get("/progress/sets/big-cats/"), "/progress/")
        assertNotContains(bobs.get("/friends/@ann/"), "First plate")
        api.force_authenticate(bob)
        assert api.get(f"/api/v1/dex/stats/{ann.pk}/").json()["longest_streak"] == 0
        api.force_authenticate(ann)
        assert api.get("/api/v1/dex/sets/").json()["results"] == []

        anns.post("/progress/game/", {"plays": "1"})
        for words in GAME:
            assertContains(anns.get("/progress/"), f">{words}<")
        assertContains(bobs.get("/friends/@ann/"), "First plate")

    def test_takes_a_press(self, anns: Client, ann: User) -> None:
        assert anns.get("/progress/game/").status_code == 405
        ann.profile.refresh_from_db()
        assert ann.profile.badges_enabled


def test_it_takes_as_many_queries_for_many_cards_as_for_one(
    anns: Client, ann: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    counts = []
    for round_ in range(2):
        for number in range(3):
            card(ann, f"Animal {round_} {number}")
        with django_assert_num_queries(100, exact=False) as queries:
            anns.get("/progress/")
        counts.append(len(queries))

    assert counts[0] == counts[1] < 14
