"""Answers that are kept: never older than the last change, never somebody else's, and right without a cache."""

import gzip
import logging
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

import make
from biologidex.accounts import services as accounts
from biologidex.accounts.models import Session, User
from biologidex.animals import services as animals
from biologidex.core import answers, shared_cache
from biologidex.core.inputs import new_edition
from biologidex.dex import services
from biologidex.dex.details import Details
from biologidex.dex.models import DexEntry
from biologidex.media import tokens
from biologidex.social import services as social
from biologidex.social.models import Friendship
from running import free_port

pytestmark = pytest.mark.django_db
V1 = "/api/v1/"
MINE, SYNC = f"{V1}dex/entries/my_entries/", f"{V1}dex/entries/sync_entries/"
FAVORITES, OVERVIEW = f"{V1}dex/entries/favorites/", f"{V1}dex/entries/friends_overview/"
FRIENDS, ANIMALS = f"{V1}social/friendships/friends/", f"{V1}animals/"
OWN = [MINE, SYNC, FAVORITES]
OF_FRIENDS = [OVERVIEW, FRIENDS]


def program(person: User, **headers: str) -> Client:
    """Return a program that has signed in."""
    return Client(headers={"Authorization": f"Bearer {make.tokens(person)['access']}", **headers})


def questions(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("address", [*OWN, *OF_FRIENDS])
def test_asked_again_an_answer_costs_the_one_question_who_asks(ann: User, bob: User, address: str) -> None:
    make.friends(ann, bob)
    make.dex_entry(ann, is_favorite=True)
    mine = program(ann)
    first = mine.get(address)

    assert questions(mine, address) == 1
    assert mine.get(address).content == first.content
    assert questions(mine, ANIMALS) > 1  # the first time
    assert questions(mine, ANIMALS) == 1


CHANGES: list[Callable[[User, DexEntry], object]] = [
    lambda ann, entry: services.edit(by=ann, entry=entry, details=Details(notes="By the pond.")),
    lambda ann, entry: services.edit(by=ann, entry=entry, details=Details(visibility="private")),
    lambda ann, entry: services.mark_favorite(by=ann, entry=entry, is_favorite=False),
    lambda ann, entry: services.identify_anew(by=ann, entry=entry, animal=make.animal()),
    lambda ann, entry: services.delete(by=ann, entry=entry),
]


@pytest.mark.parametrize("address", OWN)
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_ones_own_dex_is_in_the_next_answer(
    ann: User, address: str, change: Callable[[User, DexEntry], object]
) -> None:
    entry, mine = make.dex_entry(ann, is_favorite=True), program(ann)
    before = mine.get(address)

    change(ann, entry)

    after = mine.get(address, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert after.content != before.content
    cache.clear()
    assert after.json() == mine.get(address).json()  # what is kept is what would be made


@pytest.mark.parametrize("address", [*OWN, ANIMALS])
def test_a_name_that_changes_is_in_the_next_answer(ann: User, address: str) -> None:
    entry, mine = make.dex_entry(ann, is_favorite=True), program(ann)
    mine.get(address)

    type(entry.animal.taxon).objects.update(scientific_name="Canis novus")
    new_edition("animals")  # as importers do

    assert "Canis novus" in mine.get(address).text


def test_an_animal_that_gets_its_number_is_in_the_next_list(ann: User) -> None:
    mine = program(ann)
    before = mine.get(ANIMALS).json()["count"]

    animals.animal_for(by=ann, taxon=make.taxon("Canis lupus"))

    assert mine.get(ANIMALS).json()["count"] == before + 1


def cards(client: Client) -> dict[str, int]:
    return {friend["username"]: friend["entries"] for friend in client.get(OVERVIEW).json()["friends"]}


def test_what_friends_find_hide_and_show_is_in_the_next_overview(ann: User, bob: User) -> None:
    make.friends(ann, bob)
    mine, told = program(ann), []
    entry = make.dex_entry(bob, visibility="friends")

    told.append(cards(mine))
    services.edit(by=bob, entry=entry, details=Details(visibility="private"))
    told.append(cards(mine))
    services.edit(by=bob, entry=entry, details=Details(visibility="public"))
    told.append(cards(mine))

    assert told == [{"bob": 1}, {"bob": 0}, {"bob": 1}]


ENDS: list[Callable[[User, User, Friendship], object]] = [
    lambda ann, bob, friendship: social.end(by=bob, friendship=friendship),
    lambda ann, bob, friendship: social.block(by=bob, whom=ann),
    lambda ann, bob, friendship: social.block(by=ann, whom=bob),
    lambda ann, bob, friendship: accounts.close_account(bob),
    lambda ann, bob, friendship: bob.delete(),
]


@pytest.mark.parametrize("address", OF_FRIENDS)
@pytest.mark.parametrize("end", ENDS)
def test_who_is_no_friend_any_more_is_gone_from_the_next_answer(
    ann: User, bob: User, eve: User, address: str, end: Callable[[User, User, Friendship], object]
) -> None:
    friendship = make.friends(ann, bob)
    make.friends(eve, ann)
    make.dex_entry(bob)
    mine = program(ann)
    assert "bob" in mine.get(address).text

    end(ann, bob, friendship)

    told = mine.get(address).text
    assert "bob" not in told
    assert "eve" in told


def test_a_new_friend_is_in_the_next_answer(ann: User, bob: User) -> None:
    mine = program(ann)
    assert cards(mine) == {}

    make.friends(bob, ann)

    assert cards(mine) == {"bob": 0}


@pytest.mark.parametrize("address", [*OWN, *OF_FRIENDS])
def test_nobody_is_given_what_is_kept_for_somebody_else(
    ann: User, bob: User, eve: User, address: str
) -> None:
    make.friends(ann, eve)
    make.dex_entry(ann, is_favorite=True, notes="Only for Ann.")
    anns = program(ann).get(address)

    bobs = program(bob).get(address, headers={"If-None-Match": anns["ETag"]})

    assert bobs.status_code == 200
    assert "Only for Ann." not in bobs.text
    assert "eve" not in bobs.text


ENDINGS: list[Callable[[User], object]] = [
    lambda ann: accounts.end_all_sessions(of=ann),
    accounts.close_account,
    lambda ann: Session.objects.all().delete(),
    lambda ann: ann.delete(),
]


@pytest.mark.parametrize("end", ENDINGS)
def test_whose_sign_in_has_ended_is_given_nothing_that_is_kept(
    ann: User, end: Callable[[User], object]
) -> None:
    mine = program(ann)
    tag = mine.get(MINE)["ETag"]

    end(ann)

    assert mine.get(MINE).status_code == 401
    assert mine.get(MINE, headers={"If-None-Match": tag}).status_code == 401


def test_each_question_has_an_answer_of_its_own(ann: User) -> None:
    for _ in range(3):
        make.dex_entry(ann)
    mine = program(ann)

    asked = [f"{MINE}?page_size=1", f"{MINE}?page_size=1&page=2", f"{MINE}?page_size=2", MINE]
    first, again = ([mine.get(address).json() for address in asked] for _ in range(2))

    assert first == again
    assert len({str(one) for one in first}) == len(asked)
    v2 = mine.get(MINE, headers={"Accept": "application/json; version=v2"}).json()
    assert "count" not in v2
    assert "count" in mine.get(MINE).json()


def test_addresses_in_an_answer_are_those_of_the_host_that_was_asked(ann: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["dex.example", "other.example"]
    make.dex_entry(ann)

    told = [program(ann, Host=host).get(MINE).text for host in ("dex.example", "other.example")]

    assert ["http://dex.example/photos/" in text for text in told] == [True, False]
    assert ["http://other.example/photos/" in text for text in told] == [False, True]


def test_addresses_of_photos_in_an_answer_work_as_long_as_promised(
    ann: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.dex_entry(ann)
    mine, now = APIClient(), {"time": time.time()}
    mine.force_authenticate(ann)  # a token would run out meanwhile
    for module in (answers, tokens):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: now["time"]))
    kept = mine.get(MINE)
    address = kept.json()["results"][0]["images"][0]["card"]

    while mine.get(MINE, headers={"If-None-Match": kept["ETag"]}).status_code == 304:
        now["time"] += 3600
    now["time"] += settings.PHOTO_ADDRESS_DAYS * answers.DAY - 3600

    picture = Client().get(address.removeprefix("http://testserver"))
    picture.close()
    assert picture.status_code == 200


def test_a_large_answer_is_sent_packed_to_programs_that_can_unpack_it(ann: User) -> None:
    for _ in range(12):
        make.dex_entry(ann)
    plain, packed = (program(ann, **{"Accept-Encoding": coding}).get(MINE) for coding in ("identity", "gzip"))

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2
    assert "accept-encoding" in packed["Vary"].lower()
    assert packed["ETag"] != plain["ETag"]


def test_a_browser_s_answer_is_never_packed_by_us(ann: User) -> None:
    for _ in range(12):
        make.dex_entry(ann)
    browser = Client(headers={"Accept-Encoding": "gzip"})
    browser.force_login(ann)

    assert "Content-Encoding" not in browser.get(MINE).headers


def test_without_a_cache_answers_are_slower_and_right(
    ann: User, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lost = {
        "BACKEND": "biologidex.core.shared_cache.SharedCache",
        "LOCATION": f"redis://127.0.0.1:{free_port()}",
    }
    settings.CACHES = {"default": lost}
    monkeypatch.setattr(shared_cache.Client, "silent_until", 0.0)
    caplog.set_level(logging.CRITICAL)
    entry, mine = make.dex_entry(ann), program(ann)

    told = [mine.get(MINE).json()["results"][0]["notes"]]
    services.edit(by=ann, entry=entry, details=Details(notes="By the pond."))
    told.append(mine.get(MINE).json()["results"][0]["notes"])

    assert told == ["", "By the pond."]


def test_asking_in_ever_new_ways_takes_no_more_room(ann: User) -> None:
    mine = program(ann)

    for number in range(3 * answers.PLACES):
        mine.get(f"{MINE}?another={number}")

    kept = [key for key in cache._cache if "answer-my-entries" in key]  # type: ignore[attr-defined]
    assert len(kept) <= answers.PLACES


HIDDEN: list[Callable[[User, User, User], object]] = [
    lambda ann, bob, eve: services.record_find(
        by=bob, job=make.job(bob), taxon=make.taxon(), details=Details(visibility="private")
    ),
    lambda ann, bob, eve: social.block(by=eve, whom=ann),
]


@pytest.mark.parametrize("address", OF_FRIENDS)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_one_may_not_know_of_leaves_no_trace_in_an_etag(
    ann: User, bob: User, eve: User, hidden: Callable[[User, User, User], object], address: str
) -> None:
    make.friends(ann, bob)
    make.dex_entry(bob)
    mine = program(ann)
    before = mine.get(address)

    hidden(ann, bob, eve)

    after = mine.get(address)
    assert (after.content, after["ETag"]) == (before.content, before["ETag"])
    assert mine.get(address, headers={"If-None-Match": before["ETag"]}).status_code == 304


def test_a_refusal_is_not_kept(api: APIClient, ann: User) -> None:
    api.force_authenticate(ann)

    assert [api.get(f"{SYNC}?last_sync=nonsense").status_code for _ in range(2)] == [400, 400]
    assert api.get(f"{MINE}?page=99").status_code == 404


def test_a_sync_follows_every_change(ann: User) -> None:
    mine = program(ann)
    entry = make.dex_entry(ann)
    moment = mine.get(SYNC).json()["server_time"]
    since = f"{SYNC}?last_sync={moment}"
    assert mine.get(since).json()["entries"] == []

    services.edit(by=ann, entry=entry, details=Details(notes="One."))
    assert [one["notes"] for one in mine.get(since).json()["entries"]] == ["One."]
    services.delete(by=ann, entry=entry)

    told = mine.get(since).json()
    assert (told["entries"], [one["id"] for one in told["deleted"]]) == ([], [str(entry.pk)])
    assert told["server_time"] > moment
