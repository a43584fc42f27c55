"""Links, words and notifications for programs: the same rules as on the pages, and none besides."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry, ShareLink
from biologidex.social import services as social

pytestmark = pytest.mark.django_db
V1 = "/api/v1/"
LINKS, TOLD, READ = f"{V1}dex/links/", f"{V1}social/notifications/", f"{V1}social/notifications/read/"


@pytest.fixture
def card(ann: User, bob: User) -> DexEntry:
    """A card that Ann shows to her friends, of whom Bob is one."""
    make.friends(ann, bob)
    return make.dex_entry(ann, visibility="friends", notes="By the pond.")


def program(person: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def words(entry: DexEntry) -> str:
    return f"{V1}dex/entries/{entry.pk}/reactions/"


class TestLinks:
    def test_a_link_is_made_told_once_and_ended(self, ann: User, card: DexEntry) -> None:
        api, nobody = program(ann), Client()

        made = api.post(LINKS, {"entry": card.pk, "days": 1, "tells_notes": True})

        assert made.status_code == 201
        assert made["Cache-Control"] == "no-store"
        link = made.json()
        path = "/shared/" + link.pop("address").rpartition("/shared/")[2]
        assert "By the pond." in nobody.get(path).content.decode()
        (listed,) = api.get(LINKS).json()["results"]
        assert listed == link
        assert (listed["entry"], listed["is_open"], listed["revoked_at"]) == (str(card.pk), True, None)

        assert api.delete(f"{LINKS}{link['id']}/").status_code == 204
        assert api.delete(f"{LINKS}{link['id']}/").status_code == 204
        assert nobody.get(path).status_code == 410
        assert api.get(LINKS).json()["results"][0]["is_open"] is False

    def test_what_the_page_refuses_is_refused(self, ann: User, bob: User, eve: User, card: DexEntry) -> None:
        assert program(ann).post(LINKS, {"entry": card.pk, "days": 365}).json().keys() == {"days", "code"}
        assert program(bob).post(LINKS, {"entry": card.pk}).status_code == 403
        assert program(eve).post(LINKS, {"entry": card.pk}).status_code == 404
        assert ShareLink.objects.count() == 0

    def test_whoever_makes_very_many_has_to_wait(self, ann: User, card: DexEntry, settings: Any) -> None:
        settings.RATES = {**settings.RATES, "share": (1, 3600)}
        api = program(ann)

        assert [api.post(LINKS, {"entry": card.pk}).status_code for _ in range(2)] == [201, 429]
        assert api.get(LINKS).status_code == 200


class TestWords:
    def test_a_friend_leaves_one_changes_it_and_takes_it_back(
        self, ann: User, bob: User, card: DexEntry
    ) -> None:
        friend, owner = program(bob), program(ann)
        friend.put(words(card), {"kind": "wow"})

        told = friend.put(words(card), {"kind": "lovely"}).json()

        assert told["entry"] == str(card.pk)
        assert [(one["person"]["username"], one["kind"]) for one in told["reactions"]] == [("bob", "lovely")]
        assert owner.get(words(card)).json() == told
        assert friend.delete(words(card)).json()["reactions"] == []
        assert friend.delete(words(card)).status_code == 200

    def test_nobody_else_does_and_there_are_three(
        self, ann: User, bob: User, eve: User, card: DexEntry
    ) -> None:
        DexEntry.objects.update(visibility="public")

        assert [program(one).put(words(card), {"kind": "wow"}).status_code for one in (ann, eve)] == [
            404,
            404,
        ]
        for kind in ("boring", "", None, 3):
            assert program(bob).put(words(card), {"kind": kind}, format="json").status_code == 400
        assert program(eve).get(words(card)).json()["reactions"] == []


class TestNotifications:
    def test_they_are_told_with_what_they_are_about_and_read_one_by_one_or_all(
        self, ann: User, bob: User, card: DexEntry
    ) -> None:
        program(bob).put(words(card), {"kind": "wow"})
        social.notify(person_id=ann.pk, kind="badge", detail="first-find")
        api = program(ann)

        badge, word, *_ = api.get(TOLD).json()["results"]

        assert (badge["kind"], badge["badge"], badge["actor"]) == ("badge", "first-find", None)
        assert (word["kind"], word["subject"], word["actor"]["username"]) == ("reaction", str(card.pk), "bob")
        unread = len(api.get(f"{TOLD}?unread=true").json()["results"])
        assert api.post(READ, {"ids": [word["id"]]}).json() == {"read": 1, "unread": unread - 1}
        assert api.post(READ, {"ids": [word["id"]]}).json() == {"read": 0, "unread": unread - 1}
        assert word["id"] not in [one["id"] for one in api.get(f"{TOLD}?unread=true").json()["results"]]
        assert api.post(READ).json() == {"read": unread - 1, "unread": 0}

    def test_what_does_not_hold_any_more_is_not_told_and_nobody_reads_anothers(
        self, ann: User, bob: User, card: DexEntry
    ) -> None:
        program(bob).put(words(card), {"kind": "wow"})
        (word,) = (one for one in program(ann).get(TOLD).json()["results"] if one["kind"] == "reaction")

        assert program(bob).post(READ, {"ids": [word["id"]]}).json()["read"] == 0
        assert word["id"] in [one["id"] for one in program(ann).get(f"{TOLD}?unread=1").json()["results"]]
        program(bob).delete(words(card))
        assert word["id"] not in [one["id"] for one in program(ann).get(TOLD).json()["results"]]

    @pytest.mark.parametrize("count", [1, 5])
    def test_a_page_of_them_costs_the_same_however_many(
        self, ann: User, count: int, django_assert_num_queries: Any
    ) -> None:
        for number in range(count):
            make.request(make.user(f"asker{number}"), ann)
        api = program(ann)

        with django_assert_num_queries(2):
            assert len(api.get(TOLD).json()["results"]) == count
