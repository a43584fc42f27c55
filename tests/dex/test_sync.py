"""A copy of a dex that asks what changed ends up the same as the dex, whatever happens in between."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.core import clock
from biologidex.dex import changes, services
from biologidex.dex.details import Details
from biologidex.dex.models import DexEntry, DexState
from biologidex.media.places import Place
from biologidex.social import services as social
from biologidex.social.errors import NotBlocked, NotFriends, YouBlocked
from biologidex.social.models import Block, Friendship
from dex.copies import SYNC, Copy, find, of

pytestmark = pytest.mark.django_db
NOTHING = "1970-01-01T00:00:00.000000Z"  # the moment of a dex that shows one nothing
BATCH = "/api/v1/dex/entries/batch_sync/"


def test_the_first_sync_brings_everything_and_the_next_one_only_what_is_new(ann: User) -> None:
    first = find(ann)
    copy = Copy(ann, SYNC)

    assert [entry["id"] for entry in copy.sync()["entries"]] == [str(first.pk)]
    assert copy.sync()["entries"] == []
    second = find(ann)
    assert [entry["id"] for entry in copy.sync()["entries"]] == [str(second.pk)]


PRIVATELY: dict[str, dict[str, Any]] = {
    "a favourite": {"is_favorite": True},
    "where in its cell it was": {"place": Place.given(48.13, 11.51, None, source="person")},
    "the name of its place": {"place_name": "Behind the shed"},
}


@pytest.mark.parametrize("change", PRIVATELY)
def test_what_only_its_owner_is_told_of_a_card_is_a_change_for_its_owner_alone(
    ann: User, eve: User, change: str
) -> None:
    said: dict[str, Any] = {
        "visibility": "public", "place": Place.given(48.11, 11.51, None, source="person"),
    }  # fmt: skip
    entry = find(ann, **said)
    own, stranger, seen = Copy(ann, SYNC), Copy(eve, of(ann)), f"/api/v1/dex/entries/{entry.pk}/"
    own.sync(), stranger.sync()
    before = stranger.api.get(seen).json()

    services.edit(by=ann, entry=entry, details=Details(**said | PRIVATELY[change]))

    assert [told["id"] for told in own.sync()["entries"]] == [str(entry.pk)]
    assert stranger.sync()["entries"] == []
    assert stranger.api.get(seen).json() == before
    services.edit(by=ann, entry=entry, details=Details(**said, notes="Sang."))
    assert len(stranger.sync()["entries"]) == 1


def test_a_favourite_marked_with_one_touch_is_nobody_else_s_business(ann: User, eve: User) -> None:
    entry = find(ann, visibility="public")
    own, stranger = Copy(ann, SYNC), Copy(eve, of(ann))
    own.sync(), stranger.sync()

    own.api.post(f"/api/v1/dex/entries/{entry.pk}/toggle_favorite/")

    assert [told["is_favorite"] for told in own.sync()["entries"]] == [True]
    assert stranger.sync()["entries"] == []


def test_a_deleted_card_is_told_once(ann: User) -> None:
    entry, copy = find(ann), Copy(ann, SYNC)
    copy.sync()

    services.delete(by=ann, entry=entry)

    assert [gone["id"] for gone in copy.sync()["deleted"]] == [str(entry.pk)]
    assert copy.sync()["deleted"] == []


def test_times_are_written_so_that_their_texts_sort(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = find(ann)
    DexEntry.objects.filter(pk=entry.pk).update(updated_at=datetime(2026, 5, 1, tzinfo=UTC))

    (told,) = Copy(ann, SYNC).sync()["entries"]

    assert told["updated_at"] == "2026-05-01T00:00:00.000000Z"


def test_a_clock_that_is_set_back_hides_no_change(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    find(ann)
    copy = Copy(ann, SYNC)
    copy.sync()
    monkeypatch.setattr(clock, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))

    later = find(ann)

    assert [entry["id"] for entry in copy.sync()["entries"]] == [str(later.pk)]


@pytest.mark.parametrize("moment", ["yesterday", "2026-13-01T00:00:00Z", "1", "\x00", "9" * 5000])
def test_a_moment_that_nobody_told_is_refused_by_name(api: APIClient, ann: User, moment: str) -> None:
    api.force_authenticate(ann)

    answer = api.get(SYNC, {"last_sync": moment})

    assert (answer.status_code, list(answer.json())) == (400, ["last_sync"])


@pytest.mark.parametrize(
    "moment", ["2026-05-01T10:00:00+02:00", "2026-05-01T10:00:00 02:00", "2026-05-01T08:00:00"]
)
def test_a_moment_is_read_however_it_was_encoded(api: APIClient, ann: User, moment: str) -> None:
    api.force_authenticate(ann)

    assert api.get(SYNC, {"last_sync": moment}).status_code == 200


# --- several dexes --------------------------------------------------------------------------------


def batch(api: APIClient, *asked: tuple[Any, str]) -> dict[str, Any]:
    requests = [{"user_id": str(user), "last_sync": moment} for user, moment in asked]
    answer = api.post(BATCH, {"sync_requests": requests})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_several_dexes_are_told_at_once_each_as_far_as_one_may_see_it(
    api: APIClient, ann: User, bob: User, eve: User
) -> None:
    make.friends(ann, bob)
    mine, shown = find(ann), find(bob, visibility="friends")
    find(bob, visibility="private")
    find(eve, visibility="friends")
    api.force_authenticate(ann)

    results = batch(api, ("self", ""), (bob.pk, ""), (eve.pk, ""), ("nobody", ""), (make.taxon().pk, ""))[
        "results"
    ]

    assert [entry["id"] for entry in results["self"]["entries"]] == [str(mine.pk)]
    assert [entry["id"] for entry in results[str(bob.pk)]["entries"]] == [str(shown.pk)]
    assert results[str(eve.pk)]["entries"] == []
    assert results["nobody"]["error"]


def test_a_blocked_person_is_told_what_a_stranger_is_told_about_somebody_who_shows_nothing(
    api: APIClient, ann: User, eve: User, bob: User
) -> None:
    find(ann, visibility="public")
    Block.objects.create(blocker=ann, blocked=eve)
    api.force_authenticate(eve)

    results = batch(api, (ann.pk, ""), (bob.pk, ""))["results"]

    nothing = {"entries": [], "deleted": [], "is_complete": True, "server_time": NOTHING}
    assert results[str(ann.pk)] == results[str(bob.pk)] == nothing


@pytest.mark.parametrize("friends", [1, 12])
def test_the_number_of_queries_does_not_grow_with_the_dexes(api: APIClient, ann: User, friends: int) -> None:
    others = [make.user(f"friend{number}") for number in range(friends)]
    for other in others:
        make.friends(ann, other)
        find(other, visibility="friends")
    find(ann)
    api.force_authenticate(ann)
    asked = [("self", ""), *((other.pk, "") for other in others)]

    with CaptureQueriesContext(connection) as queries:
        results = batch(api, *asked)["results"]

    assert all(len(told["entries"]) == 1 for told in results.values())
    assert len(queries) <= 13, [query["sql"][:150] for query in queries]


SELF = {"user_id": "self", "last_sync": ""}
BAD_BATCHES = [
    ({}, "This field is required."),
    ({"sync_requests": "all"}, 'Expected a list of items but got type "str".'),
    ({"sync_requests": [1]}, "0: Invalid data."),
    ({"sync_requests": [SELF, {"last_sync": ""}]}, "1.user_id: This field is required."),
    ({"sync_requests": [{"user_id": "self", "last_sync": "soon"}]}, "0.last_sync: Send the `server_time`"),
    ({"sync_requests": [SELF] * 501}, "Ensure this field has no more than 500 elements."),
]


@pytest.mark.parametrize(("body", "sentence"), BAD_BATCHES)
def test_a_batch_that_cannot_be_read_is_refused_in_words_that_the_client_reads(
    api: APIClient, ann: User, body: dict[str, Any], sentence: str
) -> None:
    api.force_authenticate(ann)

    answer = api.post(BATCH, body)

    assert (answer.status_code, list(answer.json())) == (400, ["sync_requests"])
    (told,) = answer.json()["sync_requests"]
    assert told.startswith(sentence)


# --- whatever happens in between ------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("find", "note", "show", "hide", "publish", "delete", "rename"),
                *("befriend", "part", "block", "unblock", "sync", "sync friend", "sync stranger"),
            ]
        ),
        st.integers(0, 5),
    ),
    max_size=25,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_any_order_of_changes_and_syncs_ends_in_the_same_dex(
    ann: User, bob: User, eve: User, steps: list[tuple[str, int]]
) -> None:
    DexEntry.objects.all().delete()
    DexState.objects.all().delete()
    Friendship.objects.all().delete()
    Block.objects.all().delete()
    make.friends(ann, bob)
    copies = {"sync": Copy(ann, SYNC), "sync friend": Copy(bob, of(ann)), "sync stranger": Copy(eve, of(ann))}

    for step, number in steps:
        if step in copies:
            copies[step].sync()
        elif step in STANDINGS:
            STANDINGS[step](ann, eve if number == 0 else bob)
        else:
            _do(step, number, ann)

    for viewer, copy in zip((ann, bob, eve), copies.values(), strict=True):
        copy.sync()
        seen = DexEntry.objects.visible_to(viewer).filter(owner=ann).select_related("animal")
        assert copy.cards == {str(card.pk): (card.animal.creation_index, card.notes) for card in seen}


def _befriend(ann: User, other: User) -> None:
    with suppress(YouBlocked):
        friendship, _ = social.ask(by=other, whom=ann)
        if not friendship.is_accepted:
            social.accept(by=ann, request=friendship)


def _part(ann: User, other: User) -> None:
    with suppress(NotFriends):
        social.unfriend(by=other, which=ann.pk)


def _unblock(ann: User, other: User) -> None:
    with suppress(NotBlocked):
        social.unblock(by=ann, which=other.pk)


STANDINGS: dict[str, Callable[[User, User], Any]] = {
    "befriend": _befriend,
    "part": _part,
    "block": lambda ann, other: social.block(by=ann, whom=other),
    "unblock": _unblock,
}
SHOW = {"show": "friends", "hide": "private", "publish": "public"}


def _do(step: str, number: int, ann: User) -> None:
    cards = list(DexEntry.objects.filter(owner=ann).order_by("animal__creation_index"))
    if step == "find":
        with changes.changing(ann.pk) as moment:
            services.card_for(by=ann, taxon=make.taxon(), details=Details(), moment=moment)
    elif cards:
        card = cards[number % len(cards)]
        if step == "delete":
            services.delete(by=ann, entry=card)
        elif step == "rename":
            services.identify_anew(
                by=ann, entry=card, animal=cards[0].animal if number % 2 else make.animal()
            )
        else:
            said = {"visibility": SHOW[step]} if step in SHOW else {"notes": f"{card.notes}{number}"}
            services.edit(by=ann, entry=card, details=Details(**{"visibility": card.visibility, **said}))


@pytest.mark.django_db(transaction=True)
def test_a_change_under_way_during_a_sync_is_in_the_next_one(ann: User) -> None:
    """Whatever commits after a sync has looked is noted as later than the sync's moment."""
    entry, note, copy = find(ann), "", Copy(ann, SYNC)
    copy.sync()

    with ThreadPoolExecutor(2) as pool:
        for number in range(20):
            note = f"{number}"
            edited = pool.submit(in_thread, services.edit, by=ann, entry=entry, details=Details(notes=note))
            synced = pool.submit(in_thread, copy.sync)
            edited.result(), synced.result()

    copy.sync()
    assert copy.cards[str(entry.pk)][1] == note


def in_thread(do: Callable[..., Any], **arguments: Any) -> Any:
    """Do something in a thread of the pool, and leave no connection behind."""
    try:
        return do(**arguments)
    finally:
        connection.close()
