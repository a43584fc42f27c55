"""What a person says about themselves, what others are told, and that nobody changes anybody else."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User, UserProfile
from biologidex.social.models import Block

ME, USERS, PROFILES = "/api/v1/users/me/", "/api/v1/users/", "/api/v1/profiles/"
CODE, RENEW, LOOK_UP = (
    f"{USERS}friend_code/",
    f"{USERS}friend_code/regenerate/",
    f"{USERS}lookup_friend_code/",
)


def as_(user: User) -> APIClient:
    api = APIClient()
    api.force_authenticate(user)
    return api


class TestOneself:
    def test_a_profile_is_changed_in_part(self, ann: User) -> None:
        changes: dict[str, Any] = {
            "display_name": "Ann 👩‍🔬 of the Fens",
            "bio": "Beetles.\nAnd birds.",
            "default_visibility": "private",
            "default_geoprivacy": "open",
            "default_license": "CC-BY-4.0",
            "badges_enabled": False,
        }

        for name, value in changes.items():
            answer = as_(ann).patch(ME, {name: value})
            assert (answer.status_code, answer.json()[name]) == (200, value)

        assert changes.items() <= as_(User.objects.get()).get(ME).json().items()

    def test_put_changes_in_part_as_well(self, ann: User) -> None:
        as_(ann).patch(ME, {"bio": "Beetles."})

        assert as_(ann).put(ME, {"display_name": "Ann"}).json()["bio"] == "Beetles."

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("display_name", "x" * 61),
            ("display_name", "two\nlines"),
            ("display_name", "turned \u202e round"),
            ("display_name", "\x00"),
            ("display_name", 1),
            ("display_name", None),
            ("bio", "x" * 501),
            ("bio", ["x"]),
            ("default_visibility", "everybody"),
            ("default_geoprivacy", ""),
            ("default_license", "WTFPL"),
            ("badges_enabled", "perhaps"),
        ],
    )
    def test_what_cannot_be_is_refused_under_its_field(self, ann: User, field: str, value: Any) -> None:
        body = json.dumps({"bio": "Half-written", field: value})

        answer = as_(ann).generic("PATCH", ME, body, content_type="application/json")

        assert (answer.status_code, set(answer.json())) == (400, {field})
        assert not UserProfile.objects.get().bio

    def test_name_rights_and_state_are_nothing_one_can_send(self, ann: User) -> None:
        sent = {"username": "other", "is_staff": True, "is_superuser": True, "friend_code": "AAAAAAAA"}
        before = User.objects.values().get()

        as_(ann).patch(ME, {**sent, "id": str(ann.pk), "email_confirmed": False, "date_joined": "2000-01-01"})

        assert User.objects.values().get() == before

    def test_ones_own_address_works_like_me(self, ann: User) -> None:
        assert as_(ann).patch(f"{USERS}{ann.pk}/", {"bio": "Beetles."}).json()["bio"] == "Beetles."
        assert as_(ann).put(f"{USERS}{ann.pk}/", {"bio": "Birds."}).json()["bio"] == "Birds."
        assert as_(ann).delete(f"{USERS}{ann.pk}/", {"password": make.PASSWORD}).status_code == 204


class TestOthers:
    @pytest.mark.parametrize("place", [USERS, PROFILES])
    def test_friends_strangers_and_the_blocked_are_told_the_same_little(
        self, ann: User, bob: User, eve: User, place: str
    ) -> None:
        make.friends(ann, bob)
        Block.objects.create(blocker=ann, blocked=eve)
        UserProfile.objects.filter(user=ann).update(display_name="Ann", bio="Beetles.")

        told = [as_(viewer).get(f"{place}{ann.pk}/").json() for viewer in (bob, eve, ann)]

        assert told[0].pop("date_joined")
        assert told[0] == {"id": str(ann.pk), "username": "ann", "display_name": "Ann", "bio": "Beetles."}
        assert told[1] == told[2]
        assert set(told[1]) == {*told[0], "date_joined"}

    @pytest.mark.parametrize("place", [USERS, PROFILES])
    def test_closed_and_unknown_accounts_are_not_found(self, ann: User, eve: User, place: str) -> None:
        User.objects.filter(pk=ann.pk).update(is_active=False)

        for name in (ann.pk, "6d1b1ad4-0000-4000-8000-000000000000", "ann", "1"):
            assert as_(eve).get(f"{place}{name}/").status_code == 404

    @pytest.mark.parametrize("place", [USERS, PROFILES])
    def test_whoever_has_not_signed_in_is_told_nothing(self, ann: User, place: str) -> None:
        assert APIClient().get(f"{place}{ann.pk}/").status_code == 401

    def test_nobody_can_list_people(self, ann: User, eve: User) -> None:
        make.user("root", is_staff=True, is_superuser=True)
        for viewer in (eve, User.objects.get(username="root")):
            assert as_(viewer).get(USERS).status_code == 405
            assert as_(viewer).get(PROFILES).status_code == 404
            assert as_(viewer).get(f"{USERS}?search=ann").status_code == 405

    @pytest.mark.parametrize("staff", [False, True])
    def test_nobody_changes_or_deletes_anybody_else(self, ann: User, eve: User, staff: bool) -> None:
        User.objects.filter(pk=eve.pk).update(is_staff=staff, is_superuser=staff)
        before = (
            list(User.objects.filter(pk=ann.pk).values()),
            list(UserProfile.objects.filter(user=ann).values()),
        )
        eves, address = as_(User.objects.get(pk=eve.pk)), f"{USERS}{ann.pk}/"

        answers = [
            eves.patch(address, {"display_name": "Mine"}),
            eves.put(address, {"email": "eve2@example.org", "password": make.PASSWORD}),
            eves.delete(address, {"password": make.PASSWORD}),
        ]

        assert [answer.status_code for answer in answers] == [403, 403, 403]
        after = (
            list(User.objects.filter(pk=ann.pk).values()),
            list(UserProfile.objects.filter(user=ann).values()),
        )
        assert after == before


class TestFriendCode:
    @pytest.mark.parametrize("typed", ["{}", " {} ", "lower"])
    def test_it_finds_its_owner(self, ann: User, bob: User, typed: str) -> None:
        code = ann.friend_code.lower() if typed == "lower" else typed.format(ann.friend_code)

        answer = as_(bob).post(LOOK_UP, {"friend_code": code})

        assert answer.json() == {"id": str(ann.pk), "username": "ann", "display_name": "", "avatar": ""}
        assert as_(ann).post(LOOK_UP, {"friend_code": code}).json() == answer.json()

    @pytest.mark.parametrize("code", ["AAAAAAAA", "x", "ÄÄÄÄÄÄÄÄ", "a\x7fb", "a b c d "])
    def test_it_finds_nobody_else(self, ann: User, code: str) -> None:
        assert as_(ann).post(LOOK_UP, {"friend_code": code}).status_code == 404

    @pytest.mark.parametrize("code", ["", " ", None, 1, ["A"], "A" * 1000, "\x00"])
    def test_what_is_no_text_is_refused(self, ann: User, code: Any) -> None:
        body = json.dumps({"friend_code": code})

        answer = as_(ann).generic("POST", LOOK_UP, body, content_type="application/json")

        assert (answer.status_code, set(answer.json())) == (400, {"friend_code"})

    def test_a_closed_account_is_not_found(self, ann: User, bob: User) -> None:
        User.objects.filter(pk=ann.pk).update(is_active=False)

        assert as_(bob).post(LOOK_UP, {"friend_code": ann.friend_code}).status_code == 404

    def test_a_new_one_ends_the_old_one_at_once(self, ann: User, bob: User) -> None:
        old = ann.friend_code

        new = as_(ann).post(RENEW).json()["friend_code"]

        assert new != old
        assert as_(ann).get(CODE).json() == {"friend_code": new}
        assert as_(bob).post(LOOK_UP, {"friend_code": old}).status_code == 404
        assert as_(bob).post(LOOK_UP, {"friend_code": new}).json()["username"] == "ann"

    def test_another_is_tried_when_it_is_somebodys(
        self, ann: User, bob: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        codes = iter([bob.friend_code, "QRSTUVWX"])
        monkeypatch.setattr("biologidex.accounts.services.profiles.new_friend_code", lambda: next(codes))

        assert as_(ann).post(RENEW).json()["friend_code"] == "QRSTUVWX"
