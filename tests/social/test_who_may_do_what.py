"""In every state that two people can be in: what each of them, and a stranger, is answered when they try something."""

from collections.abc import Callable
from itertools import product

import pytest
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.social import services
from biologidex.social.models import Block, Friendship

pytestmark = pytest.mark.django_db
FRIENDSHIPS = "/api/v1/social/friendships/"
Made = Friendship | None
Act = Callable[[APIClient, str, User], int]


def rejected(ann: User, bob: User) -> Made:
    return services.reject(by=bob, request=make.request(ann, bob))


def taken_back(ann: User, bob: User) -> Made:
    request = rejected(ann, bob)
    assert request
    services.end(by=ann, friendship=request)
    return request


def asked_in_vain(ann: User, bob: User) -> Made:
    services.block(by=bob, whom=ann)
    return make.request(ann, bob)


def blocked_friend(ann: User, bob: User) -> Made:
    friendship = make.friends(ann, bob)
    services.block(by=bob, whom=ann)
    return friendship


def blocked_asker(ann: User, bob: User) -> Made:
    request = make.request(ann, bob)
    services.block(by=bob, whom=ann)
    return request


# Ann has asked Bob, and:
STATES: dict[str, Callable[[User, User], Made]] = {
    "nothing": lambda ann, bob: None,
    "waits": make.request,
    "friends": make.friends,
    "rejected": rejected,
    "taken back": taken_back,
    "blocked friend": blocked_friend,
    "blocked asker": blocked_asker,
    "asked in vain": asked_in_vain,
}


def respond(action: str) -> Act:
    return lambda api, pk, other: api.post(f"{FRIENDSHIPS}{pk}/respond/", {"action": action}).status_code


ACTIONS: dict[str, Act] = {
    "see": lambda api, pk, other: api.get(f"{FRIENDSHIPS}{pk}/").status_code,
    "ask": lambda api, pk, other: (
        api.post(f"{FRIENDSHIPS}send_request/", {"friend_code": other.friend_code}).status_code
    ),
    "accept": respond("accept"),
    "reject": respond("reject"),
    "unfriend": lambda api, pk, other: api.delete(f"{FRIENDSHIPS}{other.pk}/unfriend/").status_code,
    "end": lambda api, pk, other: api.delete(f"{FRIENDSHIPS}{pk}/").status_code,
    "unblock": lambda api, pk, other: api.delete(f"/api/v1/social/blocks/{other.pk}/").status_code,
}

# What Ann, Bob and Eve are answered. Eve tries it with Bob, so only `ask` does anything for her.
NOTHING = dict.fromkeys(ACTIONS, (404, 404, 404)) | {"ask": (201, 201, 201)}
IN_BLOCK = {"ask": (201, 409, 201), "unblock": (404, 204, 404)}
EXPECTED: dict[str, dict[str, tuple[int, int, int]]] = {
    "nothing": NOTHING,
    "waits": NOTHING
    | {"see": (200, 200, 404), "ask": (200, 200, 201), "accept": (403, 200, 404)}
    | {"reject": (403, 200, 404), "end": (204, 204, 404)},
    "friends": NOTHING
    | {"see": (200, 200, 404), "ask": (200, 200, 201), "accept": (403, 200, 404)}
    | {"reject": (403, 409, 404), "unfriend": (204, 204, 404), "end": (204, 204, 404)},
    # Ann cannot tell these from "waits"; Bob may think better of it.
    "rejected": NOTHING
    | {"see": (200, 404, 404), "ask": (200, 200, 201), "accept": (403, 200, 404)}
    | {"reject": (403, 200, 404), "end": (204, 404, 404)},
    "blocked asker": NOTHING
    | IN_BLOCK
    | {"see": (200, 404, 404), "ask": (200, 409, 201), "accept": (403, 409, 404)}
    | {"reject": (403, 200, 404), "end": (204, 404, 404)},
    "asked in vain": NOTHING
    | IN_BLOCK
    | {"see": (200, 404, 404), "ask": (200, 409, 201), "accept": (403, 409, 404)}
    | {"reject": (403, 200, 404), "end": (204, 404, 404)},
    # Ann cannot tell these from "nothing".
    "taken back": NOTHING,
    "blocked friend": NOTHING | IN_BLOCK,
}


@pytest.mark.parametrize(("state", "action"), list(product(STATES, ACTIONS)))
def test_everybody_is_answered_as_the_table_says(
    state: str, action: str, api: APIClient, ann: User, bob: User, eve: User
) -> None:
    answers = []
    for actor, other in (("ann", bob), ("bob", ann), ("eve", bob)):
        Friendship.objects.all().delete()
        Block.objects.all().delete()
        made = STATES[state](ann, bob)
        api.force_authenticate({"ann": ann, "bob": bob, "eve": eve}[actor])
        answers.append(ACTIONS[action](api, str(made.pk if made else ann.pk), other))

    assert tuple(answers) == EXPECTED[state][action]


@pytest.mark.parametrize("action", [name for name in ACTIONS if name != "see"])
@pytest.mark.parametrize("state", STATES)
def test_a_stranger_changes_nothing_between_two_people(
    state: str, action: str, api: APIClient, ann: User, bob: User, eve: User
) -> None:
    made = STATES[state](ann, bob)
    before = _between(ann, bob)
    api.force_authenticate(eve)

    for other in (ann, bob):
        ACTIONS[action](api, str(made.pk if made else ann.pk), other)

    assert _between(ann, bob) == before


@pytest.mark.parametrize("action", ["accept", "reject", "unfriend", "end", "unblock"])
@pytest.mark.parametrize("state", ["blocked friend", "blocked asker", "asked in vain"])
def test_whoever_is_blocked_cannot_undo_it(
    state: str, action: str, api: APIClient, ann: User, bob: User
) -> None:
    made = STATES[state](ann, bob)
    assert made
    api.force_authenticate(ann)

    ACTIONS[action](api, str(made.pk), bob)

    assert Block.objects.filter(blocker=bob, blocked=ann).exists()
    assert not Friendship.objects.accepted().exists()


def _between(ann: User, bob: User) -> tuple[object, object]:
    pair = (ann, bob)
    return (
        list(Friendship.objects.filter(asked_by__in=pair, asked__in=pair).values()),
        list(Block.objects.filter(blocker__in=pair, blocked__in=pair).values()),
    )
