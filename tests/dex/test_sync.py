"""A copy of a dex that asks what changed ends up the same as the dex, whatever happens in between."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

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
from biologidex.social.models import Block, Friendship

pytestmark = pytest.mark.django_db
SYNC, BATCH = "/api/v1/dex/entries/sync_entries/", "/api/v1/dex/entries/batch_sync/"


def of(person: User) -> str:
    return f"/api/v1/dex/entries/user/{person.pk}/entries/"


def find(owner: User, **said: Any) -> DexEntry:
    """File a find the way a person does."""
    return services.record_find(by=owner, job=make.job(owner), taxon=make.taxon(), details=Details(**said))[0]


class Copy:
    """A program that keeps a copy of a dex by syncing it."""

    def __init__(self, viewer: User, address: str) -> None:
        self.api, self.address, self.cards, self.moment = APIClient(), address, {}, ""
        self.api.force_authenticate(viewer)

    def sync(self) -> dict[str, Any]:
        query = f"?last_sync={quote(self.moment)}" if self.moment else ""
        answer = self.api.get(self.address + query).json()
        self.moment = answer["server_time"]
        for gone in answer["deleted"]:
            self.cards.pop(gone["id"], None)
        self.cards |= {entry["id"]: (entry["creation_index"], entry["notes"]) for entry in answer["entries"]}
        return answer


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


NARROWED = [
    # from, to, a friend is told it is gone, a stranger is told it is gone
    ("friends", "private", True, False),
    ("public", "private", True, True),
    ("public", "friends", False, True),
    ("private", "friends", False, False),
]


@pytest.mark.parametrize(("before", "after", "friend", "stranger"), NARROWED)
def test_a_card_shown_to_fewer_people_is_gone_for_the_others_and_only_if_they_saw_it(
    ann: User, bob: User, eve: User, before: str, after: str, friend: bool, stranger: bool
) -> None:
    make.friends(ann, bob)
    entry = find(ann, visibility=before)
    copies = [Copy(bob, of(ann)), Copy(eve, of(ann))]
    for copy in copies:
        copy.sync()

    services.edit(by=ann, entry=entry, details=Details(visibility=after))

    assert [bool(copy.sync()["deleted"]) for copy in copies] == [friend, stranger]


def test_a_card_that_was_always_private_leaves_no_trace_when_it_is_deleted(ann: User, bob: User) -> None:
    make.friends(ann, bob)
    copy = Copy(bob, of(ann))
    copy.sync()

    services.delete(by=ann, entry=find(ann, visibility="private"))

    answer = copy.sync()
    assert (answer["entries"], answer["deleted"]) == ([], [])


def test_whoever_is_no_friend_any_more_learns_nothing_further(ann: User, bob: User) -> None:
    friendship = make.friends(ann, bob)
    find(ann, visibility="friends")
    copy = Copy(bob, of(ann))
    copy.sync()
    Friendship.objects.filter(pk=friendship.pk).delete()

    services.delete(by=ann, entry=find(ann, visibility="friends"))

    answer = copy.sync()
    assert (answer["entries"], answer["deleted"]) == ([], [])


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

    assert results[str(ann.pk)] == results[str(bob.pk)] == {"entries": [], "deleted": []}


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
    assert len(queries) <= 9, [query["sql"][:150] for query in queries]


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
            ["find", "note", "show", "hide", "publish", "delete", "rename", "sync", "sync friend"]
        ),
        st.integers(0, 5),
    ),
    max_size=25,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_any_order_of_changes_and_syncs_ends_in_the_same_dex(
    ann: User, bob: User, steps: list[tuple[str, int]]
) -> None:
    DexEntry.objects.all().delete()
    DexState.objects.all().delete()
    if not Friendship.objects.exists():
        make.friends(ann, bob)
    own, friends = Copy(ann, SYNC), Copy(bob, of(ann))
    photo = make.photo(ann)

    for step, number in steps:
        _do(step, number, ann, photo, own, friends)

    for viewer, copy in ((ann, own), (bob, friends)):
        copy.sync()
        seen = DexEntry.objects.visible_to(viewer).filter(owner=ann).select_related("animal")
        assert copy.cards == {str(card.pk): (card.animal.creation_index, card.notes) for card in seen}


SHOW = {"show": "friends", "hide": "private", "publish": "public"}


def _do(step: str, number: int, ann: User, photo: Any, own: Copy, friends: Copy) -> None:
    cards = list(DexEntry.objects.filter(owner=ann).order_by("animal__creation_index"))
    if step == "sync":
        own.sync()
    elif step == "sync friend":
        friends.sync()
    elif step == "find":
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


def test_a_change_under_way_during_a_sync_is_in_the_next_one(ann: User) -> None:
    """The moment of a sync is never later than that of a change it did not see."""
    entry = find(ann)
    copy = Copy(ann, SYNC)

    with changes.standing_still([ann.pk]) as moment:
        pass
    services.edit(by=ann, entry=entry, details=Details(notes="Later."))
    entry.refresh_from_db()

    assert entry.updated_at > moment
    copy.moment = clock.stamp(moment)
    assert len(copy.sync()["entries"]) == 1
    assert timedelta(0) < entry.updated_at - moment < timedelta(seconds=60)
