"""Signing up and signing in, as pages and programs do it."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

import make
from biologidex.accounts import errors, models, services
from biologidex.accounts.models import User
from biologidex.core import jobs
from biologidex.core.errors import DomainError
from biologidex.core.jobs import runner

HOME = "192.0.2.7"


def sign_up(username: str = "ann", email: str = "ann@example.org", password: str = make.PASSWORD) -> User:
    return services.sign_up(username=username, email=email, password=password)


def sign_in(name: str = "ann", password: str = make.PASSWORD, address: str = HOME) -> User:
    return services.sign_in(name=name, password=password, address=address)


@pytest.mark.django_db
class TestSignUp:
    def test_gives_a_friend_code_and_a_profile(self) -> None:
        user = sign_up()

        user.refresh_from_db()
        assert len(user.friend_code) == 8
        assert user.profile.default_visibility == "friends"

    def test_keeps_the_name_as_typed_and_the_address_in_small_letters(self) -> None:
        user = sign_up(" Ann.B_c-9 ", " Ann@Example.ORG ")

        assert (user.username, user.email) == ("Ann.B_c-9", "ann@example.org")

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("username", ""),
            ("username", "an"),
            ("username", "a" * 31),
            ("username", "ann b"),
            ("username", "ann@home"),
            ("username", "änn"),
            ("username", "🦊🦊🦊"),
            ("username", "ann\nb"),
            ("username", "ann\x00"),
            ("username", "\ud800ann"),
            ("username", "a" * 100_000),
            ("email", ""),
            ("email", "ann"),
            ("email", "ann@home"),
            ("email", "an\x00n@example.org"),
            ("email", "a" * 250 + "@example.org"),
            ("email", "a" * 100_000 + "@example.org"),
            ("password", ""),
            ("password", "short"),
            ("password", "password123"),
            ("password", "ann@example.org"),
            ("password", "x" * 1001),
        ],
    )
    def test_names_the_detail_that_cannot_be_accepted(self, field: str, value: str) -> None:
        with pytest.raises(DomainError) as refused:
            sign_up(**{field: value})

        assert refused.value.field == field
        assert refused.value.message
        assert not User.objects.exists()

    def test_says_which_name_is_taken(self) -> None:
        sign_up()

        with pytest.raises(errors.NameTaken):
            sign_up("ANN", "other@example.org")
        with pytest.raises(errors.EmailTaken):
            sign_up("other", "ANN@example.org")

    def test_tries_another_friend_code_when_one_is_taken(
        self, ann: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        codes = iter([ann.friend_code, "QRSTUVWX"])
        monkeypatch.setattr(models.User._meta.get_field("friend_code"), "_get_default", lambda: next(codes))

        assert sign_up("bob", "bob@example.org").friend_code == "QRSTUVWX"

    @pytest.mark.slow
    @given(username=st.text(max_size=40), email=st.text(max_size=40), password=st.text(max_size=40))
    def test_answers_anything_at_all_with_a_field_to_blame(
        self, username: str, email: str, password: str
    ) -> None:
        with pytest.raises(DomainError) as refused:
            sign_up(username, email, password)

        assert refused.value.field in {"username", "email", "password"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_people_who_want_one_name_at_once_one_gets_it() -> None:
    start = threading.Barrier(6)

    def want(number: int) -> str:
        start.wait()
        try:
            return sign_up("ann", f"ann{number}@example.org").username
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as people:
        outcomes = list(people.map(want, range(6)))

    assert sorted(outcomes) == ["ann"] + ["name_taken"] * 5
    assert User.objects.count() == 1


class TestSignIn:
    @pytest.mark.parametrize("name", ["ann", "ANN", " ann", "ann@example.org", "ANN@Example.org"])
    def test_takes_the_name_or_the_address(self, ann: User, name: str) -> None:
        assert sign_in(name) == ann

    @pytest.mark.parametrize(
        "name", ["nobody", "", "an\x00n", "\ud800", "ann' or 1=1 --", "nobody@example.org", "a" * 100_000]
    )
    def test_does_not_tell_a_wrong_name_from_a_wrong_password(self, ann: User, name: str) -> None:
        with pytest.raises(errors.WrongCredentials) as wrong_password:
            sign_in(password="wrong")
        with pytest.raises(errors.WrongCredentials) as wrong_name:
            sign_in(name)

        assert wrong_name.value.message == wrong_password.value.message

    def test_does_as_much_work_for_a_wrong_name(self, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
        hashed: list[str] = []
        hasher = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
        monkeypatch.setattr(hasher, lambda self, password, salt: hashed.append(password) or "md5$salt$hash")

        for name in ("ann", "nobody"):
            with pytest.raises(errors.WrongCredentials):
                sign_in(name, "wrong")

        assert hashed == ["wrong", "wrong"]

    def test_refuses_a_closed_account_in_the_same_words(self, ann: User) -> None:
        User.objects.update(is_active=False)

        with pytest.raises(errors.WrongCredentials, match=r"^The name or the password is wrong\.$"):
            sign_in()

    def test_passwords_are_exact(self, ann: User) -> None:
        for almost in (make.PASSWORD.upper(), f" {make.PASSWORD}", f"{make.PASSWORD} ", ""):
            with pytest.raises(errors.WrongCredentials):
                sign_in(password=almost)


class TestFailures:
    def fail(self, times: int, name: str = "ann", address: str = HOME) -> None:
        for _ in range(times):
            with pytest.raises(errors.WrongCredentials):
                sign_in(name, "wrong", address)

    def test_too_many_of_them_stop_even_the_right_password(self, ann: User, settings: Any) -> None:
        self.fail(settings.LOGIN_FAILURES_ALLOWED)

        with pytest.raises(errors.TooManyFailures) as stopped:
            sign_in()

        assert stopped.value.retry_after is not None
        assert 800 < stopped.value.retry_after <= 900

    def test_trying_on_does_not_prolong_the_wait(
        self, ann: User, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.fail(settings.LOGIN_FAILURES_ALLOWED)
        with pytest.raises(errors.TooManyFailures):
            sign_in()

        later = time.time() + 901
        monkeypatch.setattr(time, "time", lambda: later)

        assert sign_in() == ann

    def test_another_name_or_another_address_is_not_stopped(
        self, ann: User, bob: User, settings: Any
    ) -> None:
        self.fail(settings.LOGIN_FAILURES_ALLOWED)

        assert sign_in("bob") == bob
        assert sign_in(address="192.0.2.8") == ann

    def test_a_name_is_counted_however_it_is_written(self, ann: User, settings: Any) -> None:
        self.fail(settings.LOGIN_FAILURES_ALLOWED - 1, "ANN")
        self.fail(1, " ann")

        with pytest.raises(errors.TooManyFailures):
            sign_in()

    @pytest.mark.parametrize(("one", "other"), [("ann", "ann@example.org"), ("ann@example.org", "ann")])
    def test_a_wait_for_the_name_does_not_tell_whose_e_mail_address_it_is(
        self, ann: User, settings: Any, one: str, other: str
    ) -> None:
        self.fail(settings.LOGIN_FAILURES_ALLOWED, one)

        self.fail(1, other)
        assert sign_in(other) == ann

    def test_names_that_do_not_exist_are_stopped_alike(self, db: None, settings: Any) -> None:
        self.fail(settings.LOGIN_FAILURES_ALLOWED, "nobody")

        with pytest.raises(errors.TooManyFailures):
            sign_in("Nobody")

    def test_success_starts_the_count_again(self, ann: User, settings: Any) -> None:
        for _ in range(3):
            self.fail(settings.LOGIN_FAILURES_ALLOWED - 1)
            assert sign_in() == ann

    def test_success_is_never_counted(self, ann: User) -> None:
        assert {sign_in() for _ in range(100)} == {ann}


@pytest.mark.django_db
def test_sessions_that_have_run_out_are_deleted_daily() -> None:
    for key, days in (("over", -1), ("under-way", 1)):
        Session.objects.create(
            session_key=key, session_data="", expire_date=timezone.now() + timedelta(days=days)
        )

    jobs.enqueue("accounts.clear_sessions")
    runner.run_due()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["under-way"]
