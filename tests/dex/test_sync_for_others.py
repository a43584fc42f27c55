"""What others are told of a dex by syncs: all that is shown to them, and nothing of what is not."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.animals import services as animals
from biologidex.core.jobs import runner
from biologidex.dex import services
from biologidex.dex.details import Details
from biologidex.dex.models import DexEntry
from biologidex.media.places import Place
from biologidex.social import services as social
from dex.copies import SYNC, Copy, find, of

pytestmark = pytest.mark.django_db
BATCH = "/api/v1/dex/entries/batch_sync/"
LONG_AGO = "2000-01-01T00:00:00Z"


def told_since(viewer: User, owner: User, moment: str) -> dict[str, Any]:
    """What a program is told that says it has a copy of some moment."""
    copy = Copy(viewer, of(owner))
    copy.moment = moment
    return copy.sync()


# --- what is gone ---------------------------------------------------------------------------------

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
    find(ann, visibility="public")
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
    make.friends(ann, bob)
    find(ann, visibility="friends")
    copy = Copy(bob, of(ann))
    copy.sync()
    social.unfriend(by=ann, which=bob.pk)

    services.delete(by=ann, entry=find(ann, visibility="friends"))

    answer = copy.sync()
    assert (answer["entries"], answer["deleted"]) == ([], [])


def test_whoever_comes_later_is_told_of_nothing_that_was_gone_before(ann: User, bob: User) -> None:
    make.friends(ann, bob)
    find(ann, visibility="public")
    gone = find(ann, visibility="public")
    services.edit(by=ann, entry=gone, details=Details(visibility="private"))
    newcomer = make.user("dora")

    assert told_since(newcomer, ann, LONG_AGO)["deleted"] == []
    services.delete(by=ann, entry=find(ann, visibility="public"))
    assert len(told_since(newcomer, ann, LONG_AGO)["deleted"]) == 1


def test_a_new_friend_is_told_of_nothing_that_was_gone_before(ann: User, bob: User) -> None:
    find(ann, visibility="friends")
    gone = find(ann, visibility="friends")
    services.edit(by=ann, entry=gone, details=Details(visibility="private"))
    make.friends(ann, bob)

    answer = told_since(bob, ann, LONG_AGO)

    assert (answer["deleted"], answer["is_complete"]) == ([], True)
    services.delete(by=ann, entry=find(ann, visibility="friends"))
    assert len(told_since(bob, ann, answer["server_time"])["deleted"]) == 1


# --- the moment -----------------------------------------------------------------------------------

HIDDEN: dict[str, Callable[[User, DexEntry], object]] = {
    "a private card": lambda ann, _: find(ann, visibility="private"),
    "a change of a private card": lambda ann, card: services.edit(
        by=ann, entry=card, details=Details(visibility="private", notes="Mine.")
    ),
    "a private card deleted": lambda ann, card: services.delete(by=ann, entry=card),
    "a favourite": lambda ann, card: services.mark_favorite(by=ann, entry=card, is_favorite=True),
}


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_others_may_not_see_does_not_move_the_moment_of_their_syncs(
    api: APIClient, ann: User, bob: User, eve: User, hidden: str
) -> None:
    make.friends(ann, bob)
    blocked = make.user("blocked")
    card = find(ann, visibility="private")
    find(ann, visibility="public")
    make.block(ann, blocked)

    def told(viewer: User) -> list[Any]:
        api.force_authenticate(viewer)
        asked = {"sync_requests": [{"user_id": str(ann.pk), "last_sync": ""}]}
        return [without_addresses(api.get(of(ann)).json()), without_addresses(api.post(BATCH, asked).json())]

    before = [told(viewer) for viewer in (bob, eve, blocked)]
    HIDDEN[hidden](ann, card)
    assert [told(viewer) for viewer in (bob, eve, blocked)] == before


def without_addresses(told: Any) -> Any:
    """Leave out the addresses of pictures, which are made anew for each answer."""
    if isinstance(told, dict):
        kept = {name: value for name, value in told.items() if name not in {"images", "dex_compatible_url"}}
        return {name: without_addresses(value) for name, value in kept.items()}
    return [without_addresses(one) for one in told] if isinstance(told, list) else told


def test_the_moment_of_a_dex_that_shows_one_nothing_is_always_the_same(
    ann: User, bob: User, eve: User
) -> None:
    """Whether she hid it all, blocked one or never found anything cannot be told apart."""
    public, blocked = find(ann, visibility="public"), make.user("blocked")
    copies = [Copy(eve, of(ann)), Copy(blocked, of(ann))]
    for copy in copies:
        copy.sync()

    social.block(by=ann, whom=blocked)
    services.edit(by=ann, entry=public, details=Details(visibility="private"))

    assert copies[0].sync() == copies[1].sync() == Copy(eve, of(bob)).sync()
    assert [copy.cards for copy in copies] == [{}, {}]


# --- friends --------------------------------------------------------------------------------------


def test_a_new_friend_gets_the_cards_that_are_shown_to_friends_and_gets_them_once(
    ann: User, bob: User
) -> None:
    shown, public = find(ann, visibility="friends"), find(ann, visibility="public")
    copy = Copy(bob, of(ann))
    copy.sync()

    make.friends(ann, bob)

    assert {told["id"] for told in copy.sync()["entries"]} == {str(shown.pk), str(public.pk)}
    assert copy.sync()["entries"] == []


@pytest.mark.parametrize("by_ann", [True, False])
def test_whoever_parts_keeps_what_everybody_sees(ann: User, bob: User, by_ann: bool) -> None:
    make.friends(ann, bob)
    find(ann, visibility="friends")
    public = find(ann, visibility="public")
    copy = Copy(bob, of(ann))
    copy.sync()

    social.unfriend(by=ann if by_ann else bob, which=bob.pk if by_ann else ann.pk)

    assert copy.sync()["is_complete"]
    assert set(copy.cards) == {str(public.pk)}
    services.delete(by=ann, entry=find(ann, visibility="friends"))
    answer = copy.sync()
    assert (answer["entries"], answer["deleted"], answer["is_complete"]) == ([], [], False)


def test_a_block_that_is_lifted_gives_everything_back(ann: User, eve: User) -> None:
    public, copy = find(ann, visibility="public"), Copy(eve, of(ann))
    copy.sync()
    social.block(by=ann, whom=eve)
    copy.sync()
    assert copy.cards == {}

    social.unblock(by=ann, which=eve.pk)

    copy.sync()
    assert set(copy.cards) == {str(public.pk)}


# --- places ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_when_an_animal_becomes_sensitive_copies_of_others_learn_the_place_that_is_told_now(
    ann: User, bob: User, settings: Any
) -> None:
    settings.JOBS_DOORBELL = "biologidex.core.jobs.threads.ring"
    make.friends(ann, bob)
    place = Place.given(48.137154, 11.576124, 5, source="person")
    entry = find(ann, visibility="friends", geoprivacy="open", place=place)
    find(ann, visibility="friends", place=place)
    own, friends = Copy(ann, SYNC), Copy(bob, of(ann))
    own.sync(), friends.sync()

    animals.list_as_sensitive(taxon=entry.animal.taxon, reason="Rare.", source="A test")
    runner.run_due()

    (told,) = friends.sync()["entries"]
    assert (told["id"], told["latitude"], told["is_generalised"]) == (str(entry.pk), 48.1, True)
    assert friends.sync()["entries"] == own.sync()["entries"] == []
