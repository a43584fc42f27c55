"""Two people who act at the same moment: what they do happens one after the other, in one order or the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

import make
from biologidex.accounts.models import User
from biologidex.core.errors import DomainError
from biologidex.social import services
from biologidex.social.models import Block, Friendship

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROUNDS = 5


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Do all at the same moment. Return the codes of those that were refused."""
    together = Barrier(len(acts))

    def do(act: Callable[[], Any]) -> str:
        together.wait()
        try:
            act()
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return [code for code in pool.map(do, acts) if code]


@pytest.fixture(params=range(ROUNDS), ids=str)
def again(request: Any) -> int:
    """Chance decides who is first, so once is not enough."""
    return int(request.param)


def test_two_who_ask_each_other_are_friends_once(ann: User, bob: User, again: int) -> None:
    refused = at_once(
        *[lambda: services.ask(by=ann, whom=bob)] * 3,
        *[lambda: services.ask(by=bob, whom=ann)] * 3,
    )

    assert refused == []
    assert Friendship.objects.get().is_accepted


def test_one_who_asks_many_times_asks_once(ann: User, bob: User) -> None:
    assert at_once(*[lambda: services.ask(by=ann, whom=bob)] * 6) == []
    assert Friendship.objects.get().status == Friendship.Status.PENDING


def test_nobody_is_both_blocked_and_a_friend(ann: User, bob: User, again: int) -> None:
    request = make.request(ann, bob)

    at_once(
        lambda: services.accept(by=bob, request=request),
        lambda: services.block(by=bob, whom=ann),
        lambda: services.ask(by=ann, whom=bob),
    )

    assert Block.objects.count() == 1
    assert not Friendship.objects.accepted().exists()


def test_a_request_that_meets_a_block_on_its_way_never_arrives(ann: User, bob: User, again: int) -> None:
    at_once(lambda: services.ask(by=ann, whom=bob), lambda: services.block(by=bob, whom=ann))

    assert Friendship.objects.visible_to(ann).count() == 1
    assert not Friendship.objects.visible_to(bob).exists()


def test_a_request_is_either_accepted_or_taken_back(ann: User, bob: User, again: int) -> None:
    request = make.request(ann, bob)

    refused = at_once(
        lambda: services.accept(by=bob, request=request), lambda: services.end(by=ann, friendship=request)
    )

    # Taken back first, there is nothing to accept; accepted first, taking back parts the friends again.
    assert not Friendship.objects.exists()
    assert refused in ([], ["no_such_request"])


def test_blocking_each_other_makes_two_blocks(ann: User, bob: User) -> None:
    assert at_once(lambda: services.block(by=ann, whom=bob), lambda: services.block(by=bob, whom=ann)) == []
    assert Block.objects.count() == 2


def test_a_ring_of_people_does_not_wait_for_itself(ann: User, bob: User, eve: User, again: int) -> None:
    pairs = [(ann, bob), (bob, eve), (eve, ann), (bob, ann), (eve, bob), (ann, eve)]

    refused = at_once(*[lambda by=by, whom=whom: services.ask(by=by, whom=whom) for by, whom in pairs])

    assert refused == []
    assert Friendship.objects.accepted().count() == 3
