"""The rules between two people."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone

import make
from biologidex.accounts.models import User
from biologidex.social import services
from biologidex.social.errors import (
    AlreadyFriends,
    NobodyThere,
    NoSuchRequest,
    NotBlocked,
    NotFriends,
    NotYourRequest,
    YouBlocked,
    Yourself,
)
from biologidex.social.models import Block, Friendship
from biologidex.social.selectors import friends_of, requests_by, requests_to

pytestmark = pytest.mark.django_db


def days_pass(days: int) -> None:
    """Let every answer have been given that much earlier."""
    for row in Friendship.objects.exclude(answered_at=None):
        row.answered_at -= timedelta(days=days)
        row.save()


def are_friends(one: User, other: User) -> bool:
    """Whether both lists of friends say so; they never disagree."""
    told = {other in friends_of(one), one in friends_of(other)}
    assert len(told) == 1
    return told.pop()


class TestAsking:
    def test_a_request_waits_for_an_answer(self, ann: User, bob: User) -> None:
        request, is_new = services.ask(by=ann, whom=bob)

        assert is_new
        assert list(requests_to(bob)) == list(requests_by(ann)) == [request]
        assert not are_friends(ann, bob)

    def test_asking_twice_is_one_request(self, ann: User, bob: User) -> None:
        first, _ = services.ask(by=ann, whom=bob)
        second, is_new = services.ask(by=ann, whom=bob)

        assert (second, is_new, Friendship.objects.count()) == (first, False, 1)

    def test_asking_somebody_who_has_asked_accepts(self, ann: User, bob: User) -> None:
        make.request(ann, bob)

        services.ask(by=bob, whom=ann)

        assert are_friends(ann, bob)

    def test_asking_a_friend_changes_nothing(self, ann: User, bob: User) -> None:
        friendship = make.friends(ann, bob)

        assert services.ask(by=ann, whom=bob) == services.ask(by=bob, whom=ann) == (friendship, False)
        assert are_friends(ann, bob)

    def test_nobody_asks_or_blocks_themselves(self, ann: User) -> None:
        with pytest.raises(Yourself):
            services.ask(by=ann, whom=ann)
        with pytest.raises(Yourself):
            services.block(by=ann, whom=ann)

    @pytest.mark.parametrize("code", ["", "AAAAAAAA", "a" * 64, "ß", "\t"])
    def test_an_unknown_code_is_nobody(self, ann: User, code: str) -> None:
        with pytest.raises(NobodyThere):
            services.person_meant(friend_code=code, user_id=None)

    def test_a_code_is_read_in_small_letters_and_with_blanks_around_it(self, bob: User) -> None:
        assert services.person_meant(friend_code=f" {bob.friend_code.lower()} ") == bob

    def test_a_closed_account_is_nobody(self, bob: User) -> None:
        bob.is_active = False
        bob.save()

        for who in ({"friend_code": bob.friend_code}, {"user_id": bob.pk}):
            with pytest.raises(NobodyThere):
                services.person_meant(**who)

    def test_the_database_itself_keeps_two_people_to_one_row(self, ann: User, bob: User) -> None:
        make.request(ann, bob)

        with pytest.raises(IntegrityError):
            Friendship.objects.create(asked_by=bob, asked=ann)


class TestAnswering:
    def test_a_yes_makes_friends_of_both(self, ann: User, bob: User) -> None:
        services.accept(by=bob, request=make.request(ann, bob))

        assert are_friends(ann, bob)
        assert not requests_to(bob)
        assert not requests_by(ann)

    def test_a_no_is_seen_by_whoever_said_it_alone(self, ann: User, bob: User) -> None:
        request = make.request(ann, bob)

        services.reject(by=bob, request=request)

        assert list(requests_by(ann)) == [request]
        assert not requests_to(bob)

    def test_the_same_answer_twice_is_one(self, ann: User, bob: User, eve: User) -> None:
        yes, no = make.request(ann, bob), make.request(eve, bob)
        for _ in range(2):
            services.accept(by=bob, request=yes)
            services.reject(by=bob, request=no)

        assert are_friends(ann, bob)
        assert not are_friends(eve, bob)

    def test_one_may_think_better_of_a_no(self, ann: User, bob: User) -> None:
        request = make.request(ann, bob)
        services.reject(by=bob, request=request)

        services.accept(by=bob, request=request)

        assert are_friends(ann, bob)

    def test_a_friendship_is_not_rejected(self, ann: User, bob: User) -> None:
        friendship = make.friends(ann, bob)

        with pytest.raises(AlreadyFriends):
            services.reject(by=bob, request=friendship)
        assert are_friends(ann, bob)

    def test_only_whoever_was_asked_answers(self, ann: User, bob: User, eve: User) -> None:
        request = make.request(ann, bob)

        for answer in (services.accept, services.reject, services.block_asker):
            with pytest.raises(NotYourRequest):
                answer(by=ann, request=request)
            with pytest.raises(NoSuchRequest):
                answer(by=eve, request=request)
        assert list(requests_to(bob)) == [request]

    def test_a_request_that_was_taken_back_cannot_be_accepted(self, ann: User, bob: User) -> None:
        request = make.request(ann, bob)
        services.end(by=ann, friendship=request)

        with pytest.raises(NoSuchRequest):
            services.accept(by=bob, request=request)


class TestAskingAgainAfterANo:
    @pytest.fixture
    def no(self, ann: User, bob: User) -> Friendship:
        return services.reject(by=bob, request=make.request(ann, bob))

    def test_does_not_arrive_before_its_time(self, ann: User, bob: User, no: Friendship) -> None:
        days_pass(6)

        assert services.ask(by=ann, whom=bob) == (no, False)
        assert not requests_to(bob)

    def test_arrives_after_a_week_as_of_that_day(self, ann: User, bob: User, no: Friendship) -> None:
        Friendship.objects.update(created_at=timezone.now() - timedelta(days=8))
        days_pass(8)

        assert services.ask(by=ann, whom=bob) == (no, False)

        (arrived,) = requests_to(bob)
        assert arrived.asked_at - arrived.created_at >= timedelta(days=8)

    def test_the_operator_chooses_the_time(self, ann: User, bob: User, no: Any, settings: Any) -> None:
        settings.REQUEST_AGAIN = timedelta(0)

        services.ask(by=ann, whom=bob)

        assert requests_to(bob)

    def test_taking_it_back_first_is_no_way_round(self, ann: User, bob: User, no: Friendship) -> None:
        services.end(by=ann, friendship=no)
        assert not requests_by(ann)

        again, is_new = services.ask(by=ann, whom=bob)

        assert is_new
        assert again != no
        assert not requests_to(bob)

    def test_taking_it_back_and_waiting_is(self, ann: User, bob: User, no: Friendship) -> None:
        services.end(by=ann, friendship=no)
        days_pass(8)

        services.ask(by=ann, whom=bob)

        assert requests_to(bob)

    def test_whoever_said_no_may_ask_at_once_and_finds_an_open_ear(
        self, ann: User, bob: User, no: Any
    ) -> None:
        services.ask(by=bob, whom=ann)

        assert are_friends(ann, bob)

    def test_or_a_request_if_the_other_has_taken_theirs_back(
        self, ann: User, bob: User, no: Friendship
    ) -> None:
        services.end(by=ann, friendship=no)

        services.ask(by=bob, whom=ann)

        assert requests_to(ann)
        assert not are_friends(ann, bob)


class TestParting:
    @pytest.mark.parametrize("who", ["ann", "bob"])
    @pytest.mark.parametrize("named_by", ["friendship", "friend"])
    def test_either_side_ends_it_by_either_id(
        self, who: str, named_by: str, ann: User, bob: User, eve: User
    ) -> None:
        friendship = make.friends(ann, bob)
        make.friends(ann, eve)
        one, other = (ann, bob) if who == "ann" else (bob, ann)

        services.unfriend(by=one, which=friendship.pk if named_by == "friendship" else other.pk)

        assert not are_friends(ann, bob)
        assert are_friends(ann, eve)

    def test_ones_own_id_names_no_friend(self, ann: User, bob: User) -> None:
        make.friends(ann, bob)

        with pytest.raises(NotFriends):
            services.unfriend(by=ann, which=ann.pk)
        assert are_friends(ann, bob)

    def test_a_stranger_ends_nothing(self, ann: User, bob: User, eve: User) -> None:
        friendship = make.friends(ann, bob)

        for which in (friendship.pk, ann.pk, bob.pk, uuid4()):
            with pytest.raises(NotFriends):
                services.unfriend(by=eve, which=which)
        with pytest.raises(NoSuchRequest):
            services.end(by=eve, friendship=friendship)
        assert are_friends(ann, bob)

    def test_a_request_is_no_friendship_to_end(self, ann: User, bob: User) -> None:
        request = make.request(ann, bob)

        for person in (ann, bob):
            with pytest.raises(NotFriends):
                services.unfriend(by=person, which=request.pk)

    def test_friends_who_parted_may_ask_again(self, ann: User, bob: User) -> None:
        make.friends(ann, bob)
        services.unfriend(by=ann, which=bob.pk)

        services.ask(by=bob, whom=ann)

        assert requests_to(ann)


class TestBlocking:
    def test_ends_the_friendship(self, ann: User, bob: User) -> None:
        make.friends(ann, bob)

        services.block(by=bob, whom=ann)

        assert not are_friends(ann, bob)

    def test_takes_back_ones_own_request(self, ann: User, bob: User) -> None:
        make.request(bob, ann)

        services.block(by=bob, whom=ann)

        assert not requests_to(ann)

    def test_twice_is_once(self, ann: User, bob: User) -> None:
        first = services.block(by=bob, whom=ann)

        assert services.block(by=bob, whom=ann) == (first[0], False)

    def test_the_blocked_cannot_lift_it(self, ann: User, bob: User) -> None:
        block, _ = services.block(by=bob, whom=ann)

        for which in (block.pk, ann.pk, bob.pk):
            with pytest.raises(NotBlocked):
                services.unblock(by=ann, which=which)
        assert Block.objects.get() == block

    def test_blocking_back_and_lifting_that_leaves_the_other_block(self, ann: User, bob: User) -> None:
        theirs, _ = services.block(by=bob, whom=ann)
        mine, _ = services.block(by=ann, whom=bob)

        services.unblock(by=ann, which=mine.pk)

        assert Block.objects.get() == theirs

    @pytest.mark.parametrize("named_by", ["block", "blocked"])
    def test_lifting_it_brings_nothing_back(self, named_by: str, ann: User, bob: User) -> None:
        request = make.request(ann, bob)
        block, _ = services.block(by=bob, whom=ann)
        services.ask(by=ann, whom=bob)

        services.unblock(by=bob, which=block.pk if named_by == "block" else ann.pk)

        assert not Block.objects.exists()
        assert not requests_to(bob)
        assert list(requests_by(ann)) == [request]

    def test_what_the_blocked_ask_never_arrives_however_long_they_try(self, ann: User, bob: User) -> None:
        services.block(by=bob, whom=ann)
        for _ in range(3):
            services.ask(by=ann, whom=bob)
            days_pass(30)

        assert not requests_to(bob)

    def test_whoever_blocks_has_to_lift_it_before_asking(self, ann: User, bob: User) -> None:
        request = make.request(ann, bob)
        services.block(by=bob, whom=ann)

        with pytest.raises(YouBlocked):
            services.ask(by=bob, whom=ann)
        with pytest.raises(YouBlocked):
            services.accept(by=bob, request=request)
        assert not are_friends(ann, bob)
