"""Whose an e-mail address is: confirming it, and changing it."""

import base64
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.accounts.services import emails

USERS, LOGIN, ME = "/api/v1/users/", "/api/v1/auth/login/", "/api/v1/users/me/"
CONFIRM, RESEND = "/api/v1/auth/email/confirm/", "/api/v1/auth/email/resend/"
CHANGE = "/api/v1/auth/password/change/"
SIGN_UP = {"username": "ann", "email": "ann@example.org", "password": make.PASSWORD}
SIGN_IN = {"username": "ann", "password": make.PASSWORD}
Box = list[EmailMessage]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do background work when it is enqueued: these tests never commit."""
    monkeypatch.setattr(transaction, "on_commit", lambda work, **_: work())


@pytest.fixture
def required(settings: Any, db: None) -> None:
    """A server that lets nobody in before their address is confirmed."""
    settings.EMAIL_VERIFICATION = True


def token_in(mail: EmailMessage) -> str:
    found = re.search(r"http://localhost:8000/confirm-email/(\S+)/", str(mail.body))
    assert found
    return found[1]


def change(user: User, email: str, password: str = make.PASSWORD) -> Any:
    api = APIClient()
    api.force_authenticate(user)
    return api.patch(ME, {"email": email, "password": password})


def email_of(user: User) -> str:
    user.refresh_from_db()
    return user.email


class TestOff:
    def test_nobody_gets_mail_and_everybody_gets_in(self, db: None, mailoutbox: Box) -> None:
        APIClient().post(USERS, SIGN_UP)

        assert APIClient().post(LOGIN, SIGN_IN).status_code == 200
        assert not mailoutbox
        assert not User.objects.get().email_confirmed

    def test_another_address_counts_at_once_and_the_old_one_is_told(self, ann: User, mailoutbox: Box) -> None:
        answer = change(ann, " Ann@New.example ")

        assert answer.json()["email"] == email_of(ann) == "ann@new.example"
        assert not ann.email_confirmed
        (mail,) = mailoutbox
        assert mail.to == ["ann@example.org"]
        assert "ann@new.example" not in mail.body


@pytest.mark.usefixtures("required")
class TestRequired:
    def test_nobody_is_let_in_before_the_mail_was_read(self, mailoutbox: Box) -> None:
        APIClient().post(USERS, SIGN_UP)
        answer = APIClient().post(LOGIN, SIGN_IN)
        assert (answer.status_code, answer.json()["code"]) == (403, "email_unconfirmed")

        assert APIClient().post(CONFIRM, {"token": token_in(mailoutbox[0])}).status_code == 204

        assert APIClient().post(LOGIN, SIGN_IN).status_code == 200

    def test_only_whoever_knows_the_password_is_told_that(self) -> None:
        APIClient().post(USERS, SIGN_UP)

        answer = APIClient().post(LOGIN, SIGN_IN | {"password": "wrong"})

        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")

    def test_a_repeated_sign_up_sends_one_mail(self, mailoutbox: Box) -> None:
        for _ in range(3):
            APIClient().post(USERS, SIGN_UP)

        assert len(mailoutbox) == 1

    def test_the_mail_is_sent_again_to_whoever_waits_for_it(self, ann: User, mailoutbox: Box) -> None:
        make.user("bob", email_confirmed=False)

        answers = [
            APIClient().post(RESEND, {"email": email})
            for email in ("bob@example.org", "ann@example.org", "nobody@example.org")
        ]

        assert len({(answer.status_code, answer.content) for answer in answers}) == 1
        assert [mail.to for mail in mailoutbox] == [["bob@example.org"]]
        APIClient().post(CONFIRM, {"token": token_in(mailoutbox[0])})
        assert User.objects.get(username="bob").email_confirmed

    def test_a_link_may_be_opened_twice_but_not_after_three_days(
        self, mailoutbox: Box, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        APIClient().post(USERS, SIGN_UP)
        sent = {"token": token_in(mailoutbox[0])}

        assert [APIClient().post(CONFIRM, sent).status_code for _ in range(2)] == [204, 204]
        monkeypatch.setattr(emails, "LINK_LIFE", timedelta(seconds=-1))
        assert APIClient().post(CONFIRM, sent).json()["code"] == "stale_link"

    @pytest.mark.parametrize("token", ["x", "a:b:c", "WyJ4Il0:1w:xyz", "é", "\x01"])
    def test_what_we_did_not_write_confirms_nothing(self, token: str) -> None:
        assert APIClient().post(CONFIRM, {"token": token}).status_code == 400

    def test_another_address_counts_when_its_mail_was_read(self, ann: User, mailoutbox: Box) -> None:
        answer = change(ann, "new@example.org")

        assert (answer.json()["email"], answer.json()["new_email"]) == ("ann@example.org", "new@example.org")
        assert email_of(ann) == "ann@example.org"
        assert [mail.to for mail in mailoutbox] == [["new@example.org"]]

        APIClient().post(CONFIRM, {"token": token_in(mailoutbox[0])})

        assert email_of(ann) == "new@example.org"
        assert ann.email_confirmed

    def test_a_link_counts_after_the_signing_key_was_replaced(
        self, ann: User, mailoutbox: Box, settings: Any
    ) -> None:
        change(ann, "new@example.org")
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another-key-of-the-tests-" * 3

        assert APIClient().post(CONFIRM, {"token": token_in(mailoutbox[0])}).status_code == 204
        assert email_of(ann) == "new@example.org"

    def test_of_two_new_addresses_the_first_confirmed_counts(self, ann: User, mailoutbox: Box) -> None:
        for email in ("one@example.org", "two@example.org"):
            change(ann, email)
        one, two = (token_in(mail) for mail in mailoutbox)

        assert APIClient().post(CONFIRM, {"token": two}).status_code == 204
        assert APIClient().post(CONFIRM, {"token": one}).status_code == 400
        assert email_of(ann) == "two@example.org"

    def test_a_link_to_a_new_address_dies_with_the_password_that_asked_for_it(
        self, ann: User, mailoutbox: Box
    ) -> None:
        change(ann, "thief@example.org")
        api = APIClient()
        api.force_authenticate(ann)

        api.post(CHANGE, {"old_password": make.PASSWORD, "password": "heron-in-the-reeds"})

        assert APIClient().post(CONFIRM, {"token": token_in(mailoutbox[0])}).json()["code"] == "stale_link"
        assert email_of(ann) == "ann@example.org"

    def test_a_mail_that_was_late_does_not_count_for_the_new_password(
        self, ann: User, mailoutbox: Box, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        late: list[Any] = []
        monkeypatch.setattr(transaction, "on_commit", lambda work, **_: late.append(work))
        change(ann, "thief@example.org")
        ann.set_password("heron-in-the-reeds")
        ann.save()

        for work in late:
            work()

        assert APIClient().post(CONFIRM, {"token": token_in(mailoutbox[0])}).json()["code"] == "stale_link"

    def test_a_link_that_was_used_does_not_bring_its_address_back(self, ann: User, mailoutbox: Box) -> None:
        change(ann, "new@example.org")
        used = {"token": token_in(mailoutbox[-1])}
        APIClient().post(CONFIRM, used)
        ann.refresh_from_db()
        change(ann, "ann@example.org")
        APIClient().post(CONFIRM, {"token": token_in(mailoutbox[-1])})
        assert email_of(ann) == "ann@example.org"

        assert APIClient().post(CONFIRM, used).json()["code"] == "stale_link"
        assert email_of(ann) == "ann@example.org"

    def test_a_link_to_a_new_address_does_not_tell_the_old_one(self, ann: User, mailoutbox: Box) -> None:
        change(ann, "stranger@example.org")

        payload = token_in(mailoutbox[0]).partition(":")[0]
        told = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        assert b"stranger@example.org" in told
        assert b"ann@example.org" not in told
        assert "ann@example.org" not in mailoutbox[0].body

    def test_an_address_that_somebody_took_meanwhile_stays_theirs(self, ann: User, mailoutbox: Box) -> None:
        change(ann, "wanted@example.org")
        make.user("bob", email_confirmed=False)
        User.objects.filter(username="bob").update(email="wanted@example.org")

        answer = APIClient().post(CONFIRM, {"token": token_in(mailoutbox[0])})

        assert set(answer.json()) == {"email", "code"}
        assert email_of(ann) == "ann@example.org"

    def test_the_pages_lead_through_it(self, mailoutbox: Box) -> None:
        browser = Client()
        answer = browser.post("/sign-up/", SIGN_UP)
        assertRedirects(answer, "/sign-in/", fetch_redirect_response=False)
        refused = browser.post("/sign-in/", {"name": "ann", "password": make.PASSWORD})
        assertContains(refused, 'href="/confirm-email/"', status_code=403)
        browser.post("/confirm-email/", {"email": "ann@example.org"})
        link = f"/confirm-email/{token_in(mailoutbox[-1])}/"
        assertContains(browser.get(link), "Is this your address?")
        assert not User.objects.get().email_confirmed  # opening it is not enough

        assertRedirects(browser.post(link), "/sign-in/", fetch_redirect_response=False)

        assertRedirects(browser.post("/sign-in/", {"name": "ann", "password": make.PASSWORD}), "/dex/")


@pytest.mark.usefixtures("required")
class TestNobodyIsToldWhoseAnAddressIs:
    """Where addresses are confirmed, everything answers alike whether an address is taken or free."""

    TAKEN, FREE, BOBS = "bob@example.org", "free@example.org", "heron-in-the-reeds"

    @pytest.fixture(autouse=True)
    def _bob(self, bob: User) -> None:
        bob.email_confirmed = True
        bob.set_password(self.BOBS)
        bob.save()

    def alike(self, ask: Callable[[str, str], Any]) -> Any:
        """Ask about both, as two people, and return what was answered to each: status, shape and words."""
        answers = [(ask("cat", self.TAKEN), self.TAKEN, "cat"), (ask("dog", self.FREE), self.FREE, "dog")]
        told = []
        for answer, email, name in answers:
            body = {
                key: "?" if key in {"id", "friend_code"} else value for key, value in answer.json().items()
            }
            told.append((answer.status_code, str(body).replace(email, "EMAIL").replace(name, "NAME")))
        assert told[0] == told[1]
        return told[0]

    def sign_up(self, name: str, email: str) -> Any:
        return APIClient().post(USERS, {"username": name, "email": email, "password": make.PASSWORD})

    def test_by_signing_up(self, mailoutbox: Box) -> None:
        assert self.alike(self.sign_up)[0] == 201
        assert [mail.to for mail in mailoutbox] == [[self.TAKEN], [self.FREE]]

    def test_by_signing_up_again_at_once_or_later(self, mailoutbox: Box) -> None:
        self.alike(self.sign_up)

        assert self.alike(self.sign_up)[0] == 201
        assert len(mailoutbox) == 2
        User.objects.update(date_joined=timezone.now() - timedelta(minutes=6))
        assert self.alike(self.sign_up)[0] == 400

    @pytest.mark.parametrize(("with_email", "status"), [(False, 403), (True, 401)])
    def test_by_signing_in_afterwards(self, with_email: bool, status: int) -> None:
        self.alike(self.sign_up)

        def sign_in(name: str, email: str) -> Any:
            return APIClient().post(
                LOGIN, {"username": email if with_email else name, "password": make.PASSWORD}
            )

        assert self.alike(sign_in)[0] == status

    def test_by_changing_an_address(self, mailoutbox: Box) -> None:
        people = {name: make.user(name, email_confirmed=True) for name in ("ann", "eve")}

        def ask(name: str, email: str) -> Any:
            return change(people[{"cat": "ann", "dog": "eve"}[name]], email)

        answers = [ask("cat", self.TAKEN), ask("dog", self.FREE)]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert [answer.json()["new_email"] for answer in answers] == [self.TAKEN, self.FREE]
        assert [mail.to for mail in mailoutbox] == [[self.TAKEN], [self.FREE]]

    def test_by_asking_too_often(self, settings: Any) -> None:
        settings.RATES = settings.RATES | {"sign_up": (0, 3600), "password_mail": (2, 3600)}
        statuses = [
            [self.sign_up(f"{name}{number}", email).status_code for number in range(3)]
            for name, email in (("cat", self.TAKEN), ("dog", self.FREE))
        ]

        assert statuses == [[201, 201, 429]] * 2

    def test_but_its_owner_is_and_stays_it(self, bob: User, mailoutbox: Box) -> None:
        self.sign_up("cat", self.TAKEN)

        assert "There is one with it already" in mailoutbox[0].body
        assert "http://localhost:8000/forgot-password/" in mailoutbox[0].body
        assert "cat" not in mailoutbox[0].body
        assert email_of(bob) == self.TAKEN
        assert APIClient().post(LOGIN, {"username": self.TAKEN, "password": self.BOBS}).status_code == 200


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"email": "new@example.org"}, "password"),
        ({"email": "new@example.org", "password": "wrong"}, "password"),
        ({"email": "BOB@example.org", "password": make.PASSWORD}, "email"),
        ({"email": "nowhere", "password": make.PASSWORD}, "email"),
        ({"email": "a\x1bb@example.org", "password": make.PASSWORD}, "email"),
        ({"email": "x" * 300 + "@example.org", "password": make.PASSWORD}, "email"),
    ],
)
def test_a_refused_address_changes_nothing_else_either(
    ann: User, bob: User, sent: dict[str, str], field: str
) -> None:
    api = APIClient()
    api.force_authenticate(ann)

    answer = api.patch(ME, {**sent, "display_name": "Changed"})

    assert (answer.status_code, set(answer.json()) - {"code"}) == (400, {field})
    assert email_of(ann) == "ann@example.org"
    assert not User.objects.get(username="ann").profile.display_name


def test_an_address_cannot_be_taken_with_guessed_passwords(ann: User, settings: Any) -> None:
    for _ in range(settings.LOGIN_FAILURES_ALLOWED):
        change(ann, "new@example.org", "wrong")

    assert change(ann, "new@example.org").status_code == 429
