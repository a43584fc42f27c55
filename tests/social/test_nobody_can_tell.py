"""Whoever is rejected or blocked sees the same as if the other had simply never answered.

Two worlds run side by side. In one of them Bob rejects, blocks and lifts blocks as he likes; in the other, instead,
he only does what Ann may know: he parts from her, takes back his own request, or does nothing. All that Ann can read,
and every answer she gets, has to be the same in both.
"""

import random
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.social import selectors, services
from biologidex.social.models import Block, Friendship

pytestmark = pytest.mark.django_db
API = "/api/v1/"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|\+00:00)")
READS = ("friends/", "pending/", "sent/", "", "check/?user_id={bob}", "{row}/")


@dataclass
class World:
    """One Ann and one Bob, and Ann's program. What Ann is told has its names, ids and times masked."""

    name: str
    is_told: bool  # whether Bob says aloud what he thinks
    known: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ann, self.bob = make.user(f"ann-{self.name}"), make.user(f"bob-{self.name}")
        self.known |= {str(self.ann.pk): "ANN", str(self.bob.pk): "BOB"}
        self.api = APIClient()
        self.api.force_authenticate(self.ann)

    def masked(self, answer: Any) -> tuple[int, str]:
        """Return status and bytes. An id becomes its number in the order in which Ann met them."""
        text = answer.content.decode().replace(f"-{self.name}", "").replace(self.bob.friend_code, "CODE")
        text = UUID.sub(lambda met: self.known.setdefault(met[0], f"ID{len(self.known)}"), text)
        return answer.status_code, TIME.sub("TIME", text)

    @property
    def row(self) -> Friendship | None:
        return Friendship.objects.visible_to(self.ann).first()

    def seen(self) -> list[tuple[int, str]]:
        """Return all that Ann can read."""
        row = self.row.pk if self.row else self.bob.pk
        reads = [f"{API}social/friendships/{path.format(bob=self.bob.pk, row=row)}" for path in READS]
        reads += [f"{API}social/blocks/", f"{API}dex/entries/friends_overview/", f"{API}dex/feed/"]
        reads += [f"{API}users/{self.bob.pk}/", f"{API}dex/entries/user/{self.bob.pk}/entries/"]
        told = [self.masked(self.api.get(path)) for path in reads]
        code = {"friend_code": self.bob.friend_code}
        return [*told, self.masked(self.api.post(f"{API}users/lookup_friend_code/", code))]

    def ann_does(self, step: str) -> tuple[int, str]:
        """Let Ann do something, and return what she is answered."""
        row = self.row.pk if self.row else self.bob.pk
        friendships = f"{API}social/friendships/"
        if step == "ask":
            answer = self.api.post(f"{friendships}send_request/", {"user_id": str(self.bob.pk)})
        elif step in {"accept", "reject"}:
            answer = self.api.post(f"{friendships}{row}/respond/", {"action": step})
        elif step == "end":
            answer = self.api.delete(f"{friendships}{row}/")
        elif step == "unfriend":
            answer = self.api.delete(f"{friendships}{self.bob.pk}/unfriend/")
        elif step == "block":
            answer = self.api.post(f"{API}social/blocks/", {"user_id": str(self.bob.pk)})
        else:
            answer = self.api.delete(f"{API}social/blocks/{self.bob.pk}/")
        return self.masked(answer)

    def bob_does(self, step: str) -> None:
        """Let Bob do something; in the world in which he says all aloud, only what Ann may know of it."""
        row = selectors.with_people(Friendship.objects.of(self.bob)).first()
        if step == "reject" and not self.is_told and row and row.asked_by == self.ann and not row.is_accepted:
            services.reject(by=self.bob, request=row)
        elif step == "block" and not self.is_told:
            services.block(by=self.bob, whom=self.ann)
        elif step == "block" and row and (row.is_accepted or row.asked_by == self.bob):
            services.end(by=self.bob, friendship=row)
        elif step == "unblock" and Block.objects.filter(blocker=self.bob).exists():
            services.unblock(by=self.bob, which=self.ann.pk)
        elif step == "ask":
            services.ask(by=self.bob, whom=self.ann)
        elif step == "accept" and row and row.asked_by == self.ann:
            services.accept(by=self.bob, request=row)


ANNS = ("ask", "accept", "reject", "end", "unfriend", "block", "unblock")
BOBS = ("reject", "block", "unblock", "ask", "accept")
OPEN = {"ask", "accept"}  # Bob cannot do these while he blocks Ann, and does not


def walk(seed: int, steps: int) -> list[tuple[str, str]]:
    """Draw what Ann and Bob do one after the other, now and then after a few days."""
    chance, blocks, path = random.Random(seed), False, []
    for _ in range(steps):
        who = chance.choice(("ann", "ann", "bob", "bob", "days"))
        step = chance.choice(ANNS if who == "ann" else BOBS)
        if who == "bob" and blocks and step in OPEN:
            continue
        if who == "bob" and step in {"block", "unblock"}:
            blocks = step == "block"
        path.append((who, step))
    return path


def days_pass() -> None:
    Friendship.objects.exclude(answered_at=None).update(answered_at=F("answered_at") - timedelta(days=8))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_both_worlds_look_the_same_to_ann(seed: int, settings: Any) -> None:
    quiet, told = World("q", is_told=False), World("t", is_told=True)
    path = walk(seed, steps=14)

    for place, (who, step) in enumerate(path):
        if who == "days":
            days_pass()
        elif who == "bob":
            quiet.bob_does(step)
            told.bob_does(step)
        else:
            assert quiet.ann_does(step) == told.ann_does(step), path[: place + 1]
        assert quiet.seen() == told.seen(), path[: place + 1]


def test_the_comparison_notices_what_is_not_hidden() -> None:
    quiet, told = World("q", is_told=False), World("t", is_told=True)
    for world in (quiet, told):
        make.friends(world.ann, world.bob)
    assert quiet.seen() == told.seen()

    services.unfriend(by=quiet.bob, which=quiet.ann.pk)

    assert quiet.seen() != told.seen()


def test_a_request_that_meets_a_block_takes_as_many_queries_as_any(
    ann: User, bob: User, eve: User, django_assert_num_queries: Any
) -> None:
    services.block(by=bob, whom=ann)
    carl = make.user("carl")
    services.block(by=carl, whom=eve)  # so that Carl has a circle too

    with django_assert_num_queries(11) as unheard:
        services.ask(by=ann, whom=bob)
    with django_assert_num_queries(11) as heard:
        services.ask(by=ann, whom=carl)

    assert masked(unheard) == masked(heard)


def masked(queries: Any) -> list[str]:
    values = re.compile(r"NULL|'[^']*'(::\w+)?|\"s\d+_x\d+\"")
    return [values.sub("?", query["sql"]) for query in queries.captured_queries]
