"""What a dex adds up to: numbers, sets and badges, for its owner and as far as others may see the cards."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User, UserProfile
from biologidex.animals.models import Animal
from biologidex.dex import services
from biologidex.dex.collection.sets import all_sets
from biologidex.dex.collection.statistics import streaks
from biologidex.dex.collection.words import WORDS_OF_SETS
from biologidex.dex.models import DexEntry

pytestmark = pytest.mark.django_db
DEX = "/api/v1/dex/"
START = datetime(2026, 5, 1, 9, tzinfo=UTC)


def animal(name: str = "", **line: str) -> Animal:
    return make.animal(make.taxon(name, **({"species": name} if name else {}), **line))


def card(owner: User, of: Animal | None = None, *, days: int = 0, **fields: Any) -> DexEntry:
    """A card without a photo, filed so many days after the start."""
    filed = START + timedelta(days=days)
    fields = {"visibility": "friends", "created_at": filed, "filed_at": filed, **fields}
    return DexEntry.objects.create(owner=owner, animal=of or animal(), **fields)


def read(viewer: User, path: str) -> Any:
    api = APIClient()
    api.force_authenticate(viewer)
    answer = api.get(path if path.startswith("/") else f"{DEX}{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def badge(viewer: User, key: str, of: User | None = None) -> dict[str, Any]:
    told = read(viewer, f"badges/{of.pk}/" if of else "badges/")
    return next(one for one in told["badges"] if one["key"] == key)


# --- numbers --------------------------------------------------------------------------------------


def test_a_dex_in_numbers(ann: User, bob: User) -> None:
    wolf = animal("Canis lupus", class_name="Mammalia")
    card(bob, wolf)
    card(ann, wolf, days=1, establishment="captive", catch_date=date(2026, 4, 30))
    card(ann, animal("Bubo bubo", class_name="Aves"), establishment="wild", catch_date=date(2026, 5, 1))
    card(ann, animal("Tyto alba", class_name="Aves"), catch_date=date(2026, 5, 3))
    make.dex_entry(ann, animal=make.animal(make.taxon("Aves", rank="class", class_name="Aves")))

    told = read(ann, "stats/")

    expected = {
        "username": "ann", "cards": 4, "photos": 1, "species": 3, "first_finds": 2, "wild": 1, "captive": 1,
        "by_class": {"Aves": 3, "Mammalia": 1}, "by_month": {"2026-04": 1, "2026-05": 2},
        "longest_streak": 2, "current_streak": 0, "first_day": "2026-04-30", "latest_day": "2026-05-03",
    }  # fmt: skip
    assert told.items() >= expected.items()


def test_an_empty_dex_adds_up_to_nothing_and_nothing_is_null(ann: User) -> None:
    told = read(ann, "stats/")

    assert (told["cards"], told["first_day"], told["by_class"]) == (0, "", {})
    assert None not in told.values()


@given(st.sets(st.dates(date(2020, 1, 1), date(2020, 3, 1))))
def test_streaks_are_runs_without_a_gap_and_leave_no_day_out(days: set[date]) -> None:
    runs = streaks(sorted(days))

    assert [day for run in runs for day in run] == sorted(days)
    assert all(
        later - earlier == timedelta(days=1) for run in runs for earlier, later in itertools.pairwise(run)
    )
    assert all(after[0] - before[-1] > timedelta(days=1) for before, after in itertools.pairwise(runs))


SEES = {"private": {"ann"}, "friends": {"ann", "bob"}, "public": {"ann", "bob", "eve", "root"}}


@pytest.mark.parametrize("visibility", SEES)
def test_others_are_told_of_the_cards_that_they_may_see(
    ann: User, bob: User, eve: User, visibility: str
) -> None:
    blocked, staff = make.user("blocked"), make.user("root", is_staff=True)
    make.friends(ann, bob)
    make.block(ann, blocked)
    card(ann, visibility=visibility)

    people = (ann, bob, eve, blocked, staff)
    counted = {who.username for who in people if read(who, f"stats/{ann.pk}/")["cards"]}
    worn = {who.username for who in people if badge(who, "first-find", ann)["earned"]}

    assert counted == worn == SEES[visibility]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("path", ["stats/", "sets/", "sets/owls/", "badges/"])
def test_the_number_of_queries_does_not_grow_with_the_cards(ann: User, path: str, count: int) -> None:
    for _ in range(count):
        card(ann)

    with CaptureQueriesContext(connection) as queries:
        read(ann, path)

    assert len(queries) <= 3


def test_nobody_s_numbers_are_not_found(api: APIClient, ann: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    api.force_authenticate(ann)

    assert {api.get(f"{DEX}{kind}/{bob.pk}/").status_code for kind in ("stats", "badges")} == {404}


# --- the first here -------------------------------------------------------------------------------

FIRST = {"private": {"ann"}, "friends": {"ann", "bob"}, "public": {"ann", "bob", "eve"}}


@pytest.mark.parametrize("visibility", FIRST)
def test_who_found_it_first_is_told_to_those_who_may_see_that_very_card(
    api: APIClient, ann: User, bob: User, eve: User, visibility: str
) -> None:
    make.friends(ann, bob)
    wolf = animal()
    card(ann, wolf, visibility=visibility), card(eve, wolf, days=1, visibility="public")

    told = set()
    for who in (ann, bob, eve):
        api.force_authenticate(who)
        answer = api.get(f"/api/v1/animals/{wolf.pk}/first_finder/").json()
        told |= {who.username} if answer.get("username") == "ann" else set()

    assert told == FIRST[visibility]


def test_a_card_that_is_said_to_be_older_or_to_be_of_another_animal_takes_no_first_find_away(
    ann: User, bob: User
) -> None:
    wolf, fox = animal(), animal()
    mine = card(ann, wolf, days=1, visibility="private")
    old = card(bob, fox, days=0)

    services.identify_anew(by=bob, entry=old, animal=wolf)
    DexEntry.objects.filter(pk=old.pk).update(created_at=START - timedelta(days=9000))

    assert read(ann, "stats/")["first_finds"] == 1
    assert read(bob, "stats/")["first_finds"] == 0
    services.identify_anew(by=ann, entry=mine, animal=fox)
    assert read(bob, "stats/")["first_finds"] == 1


def test_two_cards_that_become_one_are_first_if_the_other_one_was(ann: User, bob: User) -> None:
    wolf, fox = animal(), animal()
    card(ann, wolf)
    card(bob, wolf, days=1)
    entry = card(ann, fox, days=2)

    services.identify_anew(by=ann, entry=entry, animal=wolf)

    assert read(ann, "stats/")["first_finds"] == 1


# --- sets -----------------------------------------------------------------------------------------


def test_a_find_below_a_member_counts_for_the_set(ann: User) -> None:
    dog = make.animal(make.taxon("Bubo bubo hispanus", rank="subspecies", species="Bubo bubo"))
    make.taxon("Tyto alba", common_name="Barn owl")
    card(ann, dog)

    told = read(ann, "sets/owls/")

    members = {one["scientific_name"]: one for one in told["members"]}
    assert (told["found"], told["total"], told["is_complete"]) == (1, len(members), False)
    assert members["Bubo bubo"]["creation_index"] == dog.creation_index
    assert members["Tyto alba"] == {
        "rank": "species", "scientific_name": "Tyto alba", "common_name": "Barn owl", "is_found": False,
    }  # fmt: skip


def test_every_set_is_listed_with_how_far_one_is(ann: User) -> None:
    told = read(ann, "sets/")

    assert (told["count"], {one["found"] for one in told["results"]}) == (len(all_sets()), {0})


def test_a_set_that_does_not_exist_is_not_found(api: APIClient, ann: User) -> None:
    api.force_authenticate(ann)

    assert api.get(f"{DEX}sets/unicorns/").status_code == 404


def test_the_sets_are_large_enough_and_name_nothing_twice() -> None:
    assert len(all_sets()) >= 12
    assert len({one.key for one in all_sets()}) == len(all_sets())
    assert all(5 <= len(set(one.members)) == len(one.members) for one in all_sets())


# --- badges ---------------------------------------------------------------------------------------


def test_a_badge_is_worn_since_the_find_that_earned_it(ann: User) -> None:
    for days in range(10):
        card(ann, days=days)

    told = badge(ann, "ten")

    assert (told["earned"], told["progress"]) == (True, 1.0)
    assert told["earned_at"].startswith("2026-05-10")
    assert (badge(ann, "fifty")["earned"], badge(ann, "fifty")["progress"]) == (False, 0.2)
    assert "earned_at" not in badge(ann, "fifty")


def test_whoever_takes_a_find_back_takes_its_badge_back(ann: User, bob: User) -> None:
    wolf, fox = animal(), animal()
    card(bob, fox)
    entry = card(ann, wolf, days=1)
    assert badge(ann, "pioneer")["earned"]

    services.identify_anew(by=ann, entry=entry, animal=fox)
    assert not badge(ann, "pioneer")["earned"]
    services.delete(by=ann, entry=entry)
    assert not badge(ann, "first-find")["earned"]


def test_a_completed_set_is_a_badge(ann: User) -> None:
    ladybirds = next(one for one in all_sets() if one.key == "ladybirds")
    for days, member in enumerate(ladybirds.members):
        assert not badge(ann, "first-set")["earned"]
        card(ann, animal(member.scientific_name), days=days)

    assert badge(ann, "first-set")["earned"]


def test_seven_days_in_a_row_are_a_badge_and_six_with_a_gap_are_none(ann: User) -> None:
    for day in (1, 2, 3, 4, 5, 6, 8):
        card(ann, catch_date=date(2026, 5, day))
    assert not badge(ann, "week")["earned"]

    card(ann, catch_date=date(2026, 5, 7))

    assert badge(ann, "week")["earned"]


def test_badges_are_switched_off_for_everybody(ann: User, bob: User) -> None:
    card(ann, visibility="public")
    UserProfile.objects.filter(user=ann).update(badges_enabled=False)

    assert read(ann, "badges/") == read(bob, f"badges/{ann.pk}/") == {"enabled": False, "badges": []}


def test_first_finds_are_switched_off_with_the_game_for_the_finder_and_for_whoever_asks(
    ann: User, bob: User
) -> None:
    wolf = animal(rank="species")
    card(ann, wolf, visibility="public")
    first = f"/api/v1/animals/{wolf.pk}/first_finder/"
    assert read(bob, first)["username"] == "ann"
    assert read(bob, f"stats/{ann.pk}/")["first_finds"] == 1

    for person in (ann, bob):
        UserProfile.objects.filter(user=person).update(badges_enabled=False)
        assert "username" not in read(bob, first)
        UserProfile.objects.filter(user=person).update(badges_enabled=True)

    UserProfile.objects.filter(user=ann).update(badges_enabled=False)
    assert read(bob, f"stats/{ann.pk}/")["first_finds"] == read(ann, "stats/")["first_finds"] == 0


def test_translators_are_given_every_word_of_the_sets() -> None:
    words = [word for one in all_sets() for word in (one.title, one.about)]

    assert sorted(WORDS_OF_SETS) == sorted(set(words))
