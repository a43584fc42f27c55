"""A word on a friend's card: who may leave one, and who learns of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

import make
from biologidex.accounts.models import User
from biologidex.core import identity
from biologidex.core.errors import NotFound
from biologidex.dex import services
from biologidex.dex.errors import BadReaction
from biologidex.dex.models import DexEntry, Reaction
from biologidex.dex.selectors import notices_for, reactions_on
from biologidex.social import services as social

pytestmark = pytest.mark.django_db


@pytest.fixture
def card(ann: User, bob: User) -> DexEntry:
    """A card that Ann shows to her friends, of whom Bob is one."""
    make.friends(ann, bob)
    return make.dex_entry(ann, visibility="friends")


def words(entry: DexEntry, viewer: User) -> list[tuple[str, str]]:
    heard = reactions_on([entry.pk], viewer=viewer).get(entry.pk, [])
    return [(one.person.username, one.kind) for one in heard]


def test_a_friend_leaves_one_word_and_may_change_or_take_it_back(
    card: DexEntry, ann: User, bob: User
) -> None:
    services.react(by=bob, entry=card, kind="wow")
    services.react(by=bob, entry=card, kind="lovely")
    assert words(card, ann) == [("bob", "lovely")]

    services.react(by=bob, entry=card, kind="")

    assert words(card, ann) == []


def test_other_friends_of_the_owner_hear_it_and_nobody_else(card: DexEntry, ann: User, bob: User) -> None:
    carl, eve = make.user("carl"), make.user("eve")
    make.friends(ann, carl)
    DexEntry.objects.filter(pk=card.pk).update(visibility="public")

    services.react(by=bob, entry=card, kind="wow")

    assert words(card, carl) == [("bob", "wow")]
    assert words(card, eve) == []


def test_whoever_may_not_see_a_card_neither_hears_nor_leaves_a_word(
    card: DexEntry, ann: User, bob: User
) -> None:
    services.react(by=bob, entry=card, kind="wow")
    services.edit(by=ann, entry=card, details=make_private(card))

    assert words(card, bob) == []
    for kind in ("lovely", ""):
        with pytest.raises(NotFound):
            services.react(by=bob, entry=card, kind=kind)


def make_private(card: DexEntry) -> Any:
    from_card = services.cards.Details.of(card)
    return from_card.saying(visibility="private")


def test_only_friends_leave_words_and_nobody_on_their_own_card(card: DexEntry, ann: User, eve: User) -> None:
    DexEntry.objects.filter(pk=card.pk).update(visibility="public")

    for person in (ann, eve):
        with pytest.raises(NotFound):
            services.react(by=person, entry=card, kind="wow")


def test_there_are_three_words(card: DexEntry, bob: User) -> None:
    with pytest.raises(BadReaction):
        services.react(by=bob, entry=card, kind="boring")


def test_people_who_are_kept_apart_do_not_hear_each_other_at_a_common_friends(
    card: DexEntry, ann: User, bob: User
) -> None:
    carl = make.user("carl")
    make.friends(ann, carl)
    services.react(by=bob, entry=card, kind="wow")
    services.react(by=carl, entry=card, kind="lovely")

    make.block(bob, carl)

    assert words(card, carl) == [("carl", "lovely")]
    assert words(card, bob) == [("bob", "wow")]
    assert len(words(card, ann)) == 2


class TestTheOwnerIsTold:
    def test_once_however_often_somebody_changes_their_mind(
        self, card: DexEntry, ann: User, bob: User
    ) -> None:
        for kind in ("wow", "", "lovely", "", "spotted"):
            services.react(by=bob, entry=card, kind=kind)

        told = notices_for(ann).filter(kind="reaction")
        assert [one.actor for one in told] == [bob]

    def test_and_not_any_more_when_the_word_is_taken_back(self, card: DexEntry, ann: User, bob: User) -> None:
        services.react(by=bob, entry=card, kind="wow")
        services.react(by=bob, entry=card, kind="")

        assert not notices_for(ann).filter(kind="reaction").exists()

    def test_nor_when_the_card_is_gone(self, card: DexEntry, ann: User, bob: User) -> None:
        services.react(by=bob, entry=card, kind="wow")
        services.delete(by=ann, entry=card)

        assert not notices_for(ann).filter(kind="reaction").exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no row-level security")
class TestTheDatabaseItself:
    @contextmanager
    def refused(self) -> Iterator[None]:
        with pytest.raises(DatabaseError, match="row-level security policy"), transaction.atomic():
            yield

    def test_tells_each_person_what_the_rule_lets_them_hear(
        self, card: DexEntry, ann: User, bob: User
    ) -> None:
        carl, eve, apart = make.user("carl"), make.user("eve"), make.user("apart")
        for friend in (carl, apart):
            make.friends(ann, friend)
        for friend in (bob, carl, apart):
            services.react(by=friend, entry=card, kind="wow")
        make.block(bob, apart)
        DexEntry.objects.filter(pk=card.pk).update(visibility="public")

        heard = {}
        for person in (ann, bob, carl, apart, eve):
            ruled = set(Reaction.objects.visible_to(person).values_list("pk", flat=True))
            with identity.acting_as(person.pk):
                heard[person.username] = set(Reaction.objects.values_list("pk", flat=True))
            assert heard[person.username] == ruled
        assert {name: len(pks) for name, pks in heard.items()} == {
            "ann": 3,
            "bob": 2,
            "carl": 3,
            "apart": 2,
            "eve": 0,
        }

    def test_lets_nobody_speak_for_another_or_on_a_card_of_no_friend(
        self, card: DexEntry, bob: User, eve: User
    ) -> None:
        DexEntry.objects.filter(pk=card.pk).update(visibility="public")
        with identity.acting_as(eve.pk), self.refused():
            Reaction.objects.create(entry=card, person=bob, kind="wow")
        with identity.acting_as(eve.pk), self.refused():
            Reaction.objects.create(entry=card, person=eve, kind="wow")

    def test_lets_a_card_go_with_every_word_on_it_also_those_its_owner_is_not_shown(
        self, card: DexEntry, ann: User, bob: User
    ) -> None:
        services.react(by=bob, entry=card, kind="wow")
        social.block(by=bob, whom=ann)

        with identity.acting_as(ann.pk):
            services.delete(by=ann, entry=card)

        assert not Reaction.objects.exists()
