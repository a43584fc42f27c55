"""Friends over HTTP, as the existing client asks for them."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings as configured
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.social import services
from biologidex.social.models import Friendship

pytestmark = pytest.mark.django_db
FRIENDSHIPS, BLOCKS = "/api/v1/social/friendships/", "/api/v1/social/blocks/"
SEND = f"{FRIENDSHIPS}send_request/"


@pytest.fixture
def api(api: APIClient, ann: User) -> APIClient:
    """Ann's program."""
    api.force_authenticate(ann)
    return api


class TestSending:
    @pytest.mark.parametrize("field", ["user_id", "to_user_id"])
    def test_a_person_may_be_named_by_id(self, api: APIClient, bob: User, field: str) -> None:
        answer = api.post(SEND, {field: str(bob.pk)})

        assert answer.status_code == 201
        assert answer.json()["to_user_details"] == {"id": str(bob.pk), "username": "bob", "avatar": ""}

    def test_the_request_is_told_as_it_is(self, api: APIClient, ann: User, bob: User) -> None:
        told = api.post(SEND, {"friend_code": f" {bob.friend_code.lower()}"}).json()

        assert told.items() >= {"status": "pending", "direction": "sent", "from_user": str(ann.pk)}.items()
        assert told == api.get(f"{FRIENDSHIPS}{told['id']}/").json()
        assert "responded_at" not in told

    def test_sending_again_is_the_same_request(self, api: APIClient, bob: User) -> None:
        first = api.post(SEND, {"friend_code": bob.friend_code})
        second = api.post(SEND, {"friend_code": bob.friend_code})

        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json()

    @pytest.mark.parametrize(
        ("sent", "status"),
        [
            ({}, 400),
            ([], 400),
            ("text", 400),
            ({"friend_code": ""}, 400),
            ({"friend_code": 12345678}, 400),
            ({"friend_code": None}, 400),
            ({"friend_code": "A\0BCDEFG"}, 400),
            ({"friend_code": "A" * 100_000}, 400),
            ({"friend_code": "AAAAAAAA"}, 404),
            ({"user_id": "not-an-id"}, 400),
            ({"user_id": 10**20}, 400),
            ({"user_id": str(uuid4())}, 404),
        ],
    )
    def test_what_names_nobody_is_refused_in_one_sentence(
        self, api: APIClient, sent: Any, status: int
    ) -> None:
        answer = api.post(SEND, sent)

        assert answer.status_code == status
        assert isinstance(answer.json()["detail"], str)
        assert answer.json()["detail"]
        assert not Friendship.objects.exists()

    def test_oneself_is_refused_in_one_sentence(self, api: APIClient, ann: User) -> None:
        answer = api.post(SEND, {"friend_code": ann.friend_code})

        assert answer.status_code == 400
        assert answer.json()["detail"] == "This is your own friend code. Ask a friend for theirs."

    def test_codes_cannot_be_tried_without_end(self, api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(configured.RATES, "friend_code", (2, 3600))

        answers = [api.post(SEND, {"friend_code": "AAAAAAAA"}).status_code for _ in range(3)]

        assert answers == [404, 404, 429]


class TestReading:
    def test_pending_tells_who_asks_and_when(self, api: APIClient, ann: User, bob: User) -> None:
        make.request(bob, ann)
        make.request(ann, make.user("carl"))

        (request,) = api.get(f"{FRIENDSHIPS}pending/").json()["requests"]

        assert request["from_user_details"]["username"] == "bob"
        assert request["created_at"][:10] == f"{Friendship.objects.get(asked=ann).asked_at:%Y-%m-%d}"
        assert "friend_code" not in request["from_user_details"]

    def test_sent_tells_whom_one_asked(self, api: APIClient, ann: User, bob: User) -> None:
        make.request(ann, bob)

        (request,) = api.get(f"{FRIENDSHIPS}sent/").json()["requests"]

        assert request["to_user_details"]["username"] == "bob"

    def test_the_list_has_all_in_pages(self, api: APIClient, ann: User, bob: User, eve: User) -> None:
        make.request(ann, bob)
        make.friends(eve, ann)
        make.request(bob, eve)

        told = api.get(FRIENDSHIPS).json()

        assert told["count"] == 2
        assert [(row["direction"], row["status"]) for row in told["results"]] == [
            ("received", "accepted"),
            ("sent", "pending"),
        ]
        assert "responded_at" in told["results"][0]

    @pytest.mark.parametrize("count", [1, 3])
    @pytest.mark.parametrize(
        ("path", "queries"),
        [("", 2), ("pending/", 1), ("sent/", 1), ("friends/", 3)],
    )
    def test_a_list_costs_the_same_however_long(
        self,
        api: APIClient,
        ann: User,
        path: str,
        queries: int,
        count: int,
        django_assert_num_queries: Any,
    ) -> None:
        for number in range(count):
            make.friends(ann, make.user(f"friend{number}"))
            make.request(ann, make.user(f"asked{number}"))
            make.request(make.user(f"asking{number}"), ann)

        with django_assert_num_queries(queries):
            answer = api.get(f"{FRIENDSHIPS}{path}")
        assert answer.status_code == 200

    def test_check_tells_how_one_stands(self, api: APIClient, ann: User, bob: User, eve: User) -> None:
        def stands(other: User) -> Any:
            told = api.get(f"{FRIENDSHIPS}check/", {"user_id": str(other.pk)}).json()
            assert told["are_friends"] == (told["status"] == "friends")
            return told["status"]

        asker, friend, blocked = make.user("asker"), make.user("friend"), make.user("blocked")
        make.request(ann, bob)
        make.request(asker, ann)
        make.friends(ann, friend)
        services.block(by=ann, whom=blocked)

        people = (ann, bob, eve, asker, friend, blocked)
        assert [stands(other) for other in people] == [
            "self",
            "sent",
            "none",
            "received",
            "friends",
            "blocked",
        ]

    @pytest.mark.parametrize(("user_id", "status"), [("", 400), ("x", 400), (str(UUID(int=1)), 404)])
    def test_check_of_nobody(self, api: APIClient, user_id: str, status: int) -> None:
        assert api.get(f"{FRIENDSHIPS}check/", {"user_id": user_id}).status_code == status

    def test_nothing_is_for_those_who_have_not_signed_in(self, api: APIClient) -> None:
        api.force_authenticate(None)

        for path in ("", "friends/", "pending/", "sent/", "check/"):
            assert api.get(f"{FRIENDSHIPS}{path}").status_code == 401
        assert api.get(BLOCKS).status_code == 401


class TestAnswering:
    @pytest.mark.parametrize(
        ("action", "told"), [("accept", "accepted"), ("reject", "rejected"), ("block", "blocked")]
    )
    def test_an_answer_repeated_is_the_same(
        self, api: APIClient, ann: User, bob: User, action: str, told: str
    ) -> None:
        request = make.request(bob, ann)

        answers = [
            api.post(f"{FRIENDSHIPS}{request.pk}/respond/", {"action": action}).json() for _ in range(2)
        ]

        assert answers == [{"id": str(request.pk), "status": told}] * 2

    @pytest.mark.parametrize("sent", [{}, {"action": "maybe"}, {"action": None}, {"action": []}])
    def test_any_other_answer_is_refused(self, api: APIClient, ann: User, bob: User, sent: Any) -> None:
        request = make.request(bob, ann)

        answer = api.post(f"{FRIENDSHIPS}{request.pk}/respond/", sent)

        assert answer.status_code == 400
        assert list(answer.json()["action"])
        assert Friendship.objects.get().status == Friendship.Status.PENDING


class TestParting:
    def test_the_existing_client_s_get_changes_nothing(self, api: APIClient, ann: User, bob: User) -> None:
        make.friends(ann, bob)

        assert api.get(f"{FRIENDSHIPS}{bob.pk}/unfriend/").status_code == 405
        assert Friendship.objects.accepted().exists()

    @pytest.mark.parametrize("method", ["delete", "post"])
    def test_the_friend_s_id_ends_it(self, api: APIClient, ann: User, bob: User, method: str) -> None:
        make.friends(bob, ann)

        answer = getattr(api, method)(f"{FRIENDSHIPS}{bob.pk}/unfriend/")

        assert (answer.status_code, answer.content) == (204, b"")
        assert not Friendship.objects.exists()


class TestBlocks:
    def test_are_listed_to_whoever_made_them(self, api: APIClient, ann: User, bob: User, eve: User) -> None:
        services.block(by=eve, whom=ann)
        made = api.post(BLOCKS, {"user_id": str(bob.pk)})

        assert made.status_code == 201
        assert api.get(BLOCKS).json()["results"] == [made.json()]
        assert made.json()["user_details"]["username"] == "bob"

    def test_blocking_again_is_the_same_block(self, api: APIClient, bob: User) -> None:
        answers = [api.post(BLOCKS, {"user_id": str(bob.pk)}) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [201, 200]
        assert answers[0].json() == answers[1].json()

    def test_are_lifted_by_id_or_by_person(self, api: APIClient, ann: User, bob: User) -> None:
        made = api.post(BLOCKS, {"user_id": str(bob.pk)}).json()
        assert api.delete(f"{BLOCKS}{made['id']}/").status_code == 204

        api.post(BLOCKS, {"user_id": str(bob.pk)})
        assert api.delete(f"{BLOCKS}{bob.pk}/").status_code == 204
        assert api.get(BLOCKS).json()["results"] == []

    def test_nobody_blocks_themselves_or_nobody(self, api: APIClient, ann: User) -> None:
        assert api.post(BLOCKS, {"user_id": str(ann.pk)}).status_code == 400
        assert api.post(BLOCKS, {"user_id": str(uuid4())}).status_code == 404
        assert api.post(BLOCKS, {}).json().keys() >= {"user_id"}


class TestVersionTwo:
    def test_lists_have_cursors(self, api: APIClient, ann: User, bob: User) -> None:
        make.request(ann, bob)

        told = api.get(FRIENDSHIPS, headers={"Accept": "application/json; version=v2"}).json()

        assert "count" not in told
        assert len(told["results"]) == 1
