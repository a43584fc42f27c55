"""Accounts over HTTP, as the existing client and other programs meet them."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

import make
from biologidex.accounts.models import User

USERS, LOGIN, REFRESH = "/api/v1/users/", "/api/v1/auth/login/", "/api/v1/auth/refresh/"
ME, FRIEND_CODE = "/api/v1/users/me/", "/api/v1/users/friend_code/"
SIGN_UP = {
    "username": "ann",
    "email": "ann@example.org",
    "password": make.PASSWORD,
    "password_confirm": make.PASSWORD,
}
SIGN_IN = {"username": "ann", "password": make.PASSWORD}


def nulls_in(value: Any) -> bool:
    """Whether the existing client would die of this answer."""
    if isinstance(value, dict):
        return any(nulls_in(item) for item in value.values())
    return value is None


def bearer(token: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.django_db
class TestSignUp:
    def test_answers_with_the_account(self, api: APIClient) -> None:
        answer = api.post(USERS, SIGN_UP)

        user = User.objects.get()
        assert answer.status_code == 201
        assert answer.json() == {
            "id": str(user.pk),
            "username": "ann",
            "email": "ann@example.org",
            "friend_code": user.friend_code,
        }

    def test_works_while_a_stale_token_is_sent_along(self, api: APIClient) -> None:
        assert api.post(USERS, SIGN_UP, headers=bearer("stale")).status_code == 201

    def test_takes_a_form_as_well(self, api: APIClient) -> None:
        form = "username=ann&email=ann%40example.org&password=kingfisher-over-water"

        answer = api.generic("POST", USERS, form, content_type="application/x-www-form-urlencoded")

        assert answer.status_code == 201

    def test_names_every_field_that_is_missing(self, api: APIClient) -> None:
        answer = api.post(USERS, {})

        assert answer.status_code == 400
        assert set(answer.json()) == {"username", "email", "password"}

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"username": "ANN2", "email": "BOB@example.org"}, "email"),
            ({"username": "Bob"}, "username"),
            ({"username": "a"}, "username"),
            ({"email": "nowhere"}, "email"),
            ({"password": "12345678", "password_confirm": "12345678"}, "password"),
            ({"password_confirm": "something-else"}, "password_confirm"),
        ],
    )
    def test_puts_each_complaint_under_its_field(
        self, api: APIClient, bob: User, change: dict[str, str], field: str
    ) -> None:
        answer = api.post(USERS, SIGN_UP | change)

        assert answer.status_code == 400
        assert isinstance(answer.json()[field], list)
        assert User.objects.count() == 1

    def test_is_safe_to_repeat(self, api: APIClient) -> None:
        first, again = api.post(USERS, SIGN_UP), api.post(USERS, SIGN_UP)

        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert User.objects.count() == 1

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"password": "another-sentence", "password_confirm": "another-sentence"}, "email"),
            ({"username": "other"}, "email"),
            ({"email": "other@example.org"}, "username"),
        ],
    )
    def test_a_repetition_that_differs_is_somebody_else(
        self, api: APIClient, change: dict[str, str], field: str
    ) -> None:
        api.post(USERS, SIGN_UP)

        answer = api.post(USERS, SIGN_UP | change)

        assert answer.status_code == 400
        assert set(answer.json()) == {field, "code"}

    def test_what_is_repeated_later_is_taken(self, api: APIClient) -> None:
        api.post(USERS, SIGN_UP)
        User.objects.update(date_joined=timezone.now() - timedelta(minutes=6))

        assert set(api.post(USERS, SIGN_UP).json()) == {"email", "code"}

    def test_repetition_is_no_way_to_guess_a_new_password(self, api: APIClient, settings: Any) -> None:
        settings.RATES = settings.RATES | {"sign_up": (0, 3600)}
        api.post(USERS, SIGN_UP)
        for number in range(settings.LOGIN_FAILURES_ALLOWED):
            guess = f"a-guess-of-mine-{number}"
            api.post(USERS, SIGN_UP | {"password": guess, "password_confirm": guess})

        assert api.post(USERS, SIGN_UP).status_code == 400

    def test_a_repetition_with_another_password_does_not_tell_whose_e_mail_address_it_is(
        self, api: APIClient, settings: Any
    ) -> None:
        settings.RATES = settings.RATES | {"sign_up": (0, 3600)}
        api.post(USERS, SIGN_UP)
        for number in range(settings.LOGIN_FAILURES_ALLOWED):
            guess = f"a-guess-of-mine-{number}"
            api.post(USERS, SIGN_UP | {"password": guess, "password_confirm": guess})

        assert api.post(LOGIN, SIGN_IN).status_code == 200


class TestSignIn:
    def test_answers_with_tokens_and_the_account(self, api: APIClient, ann: User) -> None:
        answer = api.post(LOGIN, SIGN_IN)

        body = answer.json()
        assert answer.status_code == 200
        assert set(body) == {"access", "refresh", "access_token", "user"}
        assert body["access"] == body["access_token"]
        assert body["user"] == {
            "id": str(ann.pk),
            "username": "ann",
            "email": "ann@example.org",
            "friend_code": ann.friend_code,
        }
        assert api.get(ME, headers=bearer(body["access"])).status_code == 200

    def test_notes_when_it_was(self, api: APIClient, ann: User) -> None:
        api.post(LOGIN, SIGN_IN)

        ann.refresh_from_db()
        assert ann.last_login

    def test_needs_no_cookie_and_sets_none(self, ann: User) -> None:
        answer = APIClient(enforce_csrf_checks=True).post(LOGIN, SIGN_IN)

        assert answer.status_code == 200
        assert not answer.cookies

    def test_failure_is_a_sentence(self, api: APIClient, ann: User) -> None:
        answer = api.post(LOGIN, SIGN_IN | {"password": "wrong"})

        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer.json() == {"detail": "The name or the password is wrong.", "code": "wrong_credentials"}

    def test_failures_are_limited(self, api: APIClient, ann: User, settings: Any) -> None:
        for _ in range(settings.LOGIN_FAILURES_ALLOWED):
            api.post(LOGIN, SIGN_IN | {"password": "wrong"})

        answer = api.post(LOGIN, SIGN_IN)

        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= 900
        assert "minutes" in answer.json()["detail"]

    def test_a_hundred_sign_ins_from_one_address_are_not_too_many_where_the_operator_sets_no_limit(
        self, api: APIClient, ann: User, settings: Any
    ) -> None:
        settings.RATES = settings.RATES | {"log_in": (0, 3600)}

        assert {api.post(LOGIN, SIGN_IN).status_code for _ in range(100)} == {200}


class TestRefresh:
    def test_the_same_token_serves_every_time(self, api: APIClient, ann: User) -> None:
        refresh = make.tokens(ann)["refresh"]

        for _ in range(3):
            answer = api.post(REFRESH, {"refresh": refresh})
            assert set(answer.json()) == {"access"}
            assert api.get(ME, headers=bearer(answer.json()["access"])).status_code == 200

    def test_what_is_no_valid_refresh_token_is_refused(self, api: APIClient, ann: User) -> None:
        good = make.tokens(ann)
        expired = RefreshToken(good["refresh"])
        expired.set_exp(lifetime=-timedelta(seconds=1))
        of_no_sign_in = RefreshToken.for_user(ann)

        for token in ("garbage", "a.b.c", "é" * 100, str(expired), good["access"], str(of_no_sign_in)):
            answer = api.post(REFRESH, {"refresh": token})
            assert answer.status_code == 401, token
            assert isinstance(answer.json()["detail"], str)

    def test_a_closed_or_deleted_account_stays_signed_out(self, api: APIClient, ann: User) -> None:
        refresh = make.tokens(ann)["refresh"]

        User.objects.update(is_active=False)
        assert api.post(REFRESH, {"refresh": refresh}).status_code == 401
        ann.delete()
        assert api.post(REFRESH, {"refresh": refresh}).status_code == 401


class TestOneself:
    def test_is_told_in_full_and_without_nulls(self, api: APIClient, ann: User) -> None:
        api.force_authenticate(ann)

        body = api.get(ME).json()

        assert body.pop("date_joined")
        assert body == {
            "id": str(ann.pk),
            "username": "ann",
            "email": "ann@example.org",
            "friend_code": ann.friend_code,
            "display_name": "",
            "bio": "",
            "default_visibility": "friends",
            "default_geoprivacy": "obscured",
            "default_license": "",
            "badges_enabled": True,
            "email_confirmed": True,
        }

    def test_the_friend_code_is_told(self, api: APIClient, ann: User) -> None:
        api.force_authenticate(ann)

        assert api.get(FRIEND_CODE).json() == {"friend_code": ann.friend_code}

    @pytest.mark.parametrize("address", [ME, FRIEND_CODE])
    @pytest.mark.parametrize("headers", [{}, bearer("garbage"), bearer("a b"), {"Authorization": "Bearer"}])
    def test_is_told_to_nobody_else(
        self, api: APIClient, db: None, address: str, headers: dict[str, str]
    ) -> None:
        answer = api.get(address, headers=headers)

        assert answer.status_code == 401
        assert isinstance(answer.json()["detail"], str)
        assert not any(isinstance(value, list) for value in answer.json().values())

    def test_a_token_outlives_neither_account_nor_hour(self, api: APIClient, ann: User) -> None:
        token = make.tokens(ann)["access"]
        expired = AccessToken(token)
        expired.set_exp(lifetime=-timedelta(seconds=1))
        assert api.get(ME, headers=bearer(token)).status_code == 200

        assert api.get(ME, headers=bearer(expired)).status_code == 401
        User.objects.update(is_active=False)
        assert api.get(ME, headers=bearer(token)).status_code == 401
        ann.delete()
        assert api.get(ME, headers=bearer(token)).status_code == 401


NO_STRINGS: list[Any] = [None, 1, 1.0, True, [], ["ann"], {}, {"a": {"b": ["c"]}}]
BAD_STRINGS = ["", "\x00", "ann\x00", "x" * 100_000, "\ud800"]
NO_BODIES = [
    "",
    "[]",
    '"ann"',
    "null",
    "1",
    "{",
    "{'a':1}",
    "[" * 100_000,
    '{"username":' * 5_000,
    "NaN",
    "\x00",
]


@pytest.mark.django_db
class TestBadInput:
    @pytest.mark.parametrize("value", [*NO_STRINGS, *BAD_STRINGS], ids=lambda value: repr(value)[:20])
    @pytest.mark.parametrize(
        ("address", "good", "field"),
        [(USERS, SIGN_UP, field) for field in SIGN_UP]
        + [(LOGIN, SIGN_IN, field) for field in SIGN_IN]
        + [(REFRESH, {"refresh": "x"}, "refresh")],
    )
    def test_a_value_that_cannot_be_is_a_complaint_about_its_field(
        self, api: APIClient, address: str, good: dict[str, str], field: str, value: Any
    ) -> None:
        body = json.dumps(good | {field: value})

        answer = api.generic("POST", address, body, content_type="application/json")

        assert answer.status_code == 400
        assert not nulls_in(answer.json())
        assert set(answer.json()) <= {field, "password_confirm", "detail", "code"}

    @pytest.mark.parametrize("body", NO_BODIES, ids=lambda body: body[:10])
    @pytest.mark.parametrize("address", [USERS, LOGIN, REFRESH])
    def test_a_body_that_cannot_be_is_refused(self, api: APIClient, address: str, body: str) -> None:
        answer = api.generic("POST", address, body, content_type="application/json")

        assert answer.status_code == 400
        assert isinstance(answer.json(), dict)

    def test_bytes_that_are_no_text_are_refused(self, api: APIClient) -> None:
        assert api.generic("POST", LOGIN, b"\xff\xfe", content_type="application/json").status_code == 400

    def test_an_unknown_kind_of_body_is_refused(self, api: APIClient) -> None:
        assert api.generic("POST", LOGIN, "<a/>", content_type="application/xml").status_code == 415

    @pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
    def test_a_body_larger_than_the_limit_is_not_read(self, api: APIClient, settings: Any, kind: str) -> None:
        body = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)

        answer = api.generic("POST", LOGIN, body, content_type=kind)

        assert answer.status_code == 413
        assert isinstance(answer.json()["detail"], str)
