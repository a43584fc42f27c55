"""New passwords: by the old one, or by a mail to whoever has forgotten it."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

import make
from biologidex.accounts import errors, services
from biologidex.accounts.models import User
from biologidex.core.models import Job

ASK, RESET = "/api/v1/auth/password/reset/", "/api/v1/auth/password/reset/confirm/"
CHANGE, ME, LOGIN = "/api/v1/auth/password/change/", "/api/v1/users/me/", "/api/v1/auth/login/"
NEW = "heron-in-the-reeds"
Box = list[EmailMessage]


def link_in(mail: EmailMessage) -> tuple[str, str]:
    """What the link of the mail says: uid and token."""
    found = re.search(r"http://localhost:8000/new-password/([^/]+)/([^/]+)/", str(mail.body))
    assert found
    return found[1], found[2]


@pytest.fixture
def link(django_capture_on_commit_callbacks: Any, ann: User, mailoutbox: Box) -> dict[str, str]:
    """The link that Ann got when she had forgotten her password."""
    with django_capture_on_commit_callbacks(execute=True):
        APIClient().post(ASK, {"email": "ann@example.org"})
    uid, token = link_in(mailoutbox[-1])
    return {"uid": uid, "token": token}


class TestChange:
    def change(self, api: APIClient, **sent: str) -> Any:
        return api.post(CHANGE, {"old_password": make.PASSWORD, "password": NEW, **sent})

    def program(self, ann: User) -> APIClient:
        api = APIClient()
        api.credentials(HTTP_AUTHORIZATION=f"Bearer {make.tokens(ann)['access']}")
        return api

    def test_the_new_password_counts_and_every_other_sign_in_ends(self, ann: User) -> None:
        phone, other, browser = self.program(ann), self.program(ann), Client()
        browser.post("/sign-in/", {"name": "ann", "password": make.PASSWORD})

        assert self.change(phone).status_code == 204

        assert phone.get(ME).status_code == 200
        assert [client.get(ME).status_code for client in (other, browser)] == [401, 401]
        assert (
            not APIClient().post(LOGIN, {"username": "ann", "password": make.PASSWORD}).json().get("access")
        )
        assert APIClient().post(LOGIN, {"username": "ann", "password": NEW}).json()["access"]

    def test_a_browser_stays_in_with_another_cookie(self, ann: User) -> None:
        browser = Client()
        browser.post("/sign-in/", {"name": "ann", "password": make.PASSWORD})
        before = browser.cookies["sessionid"].value
        sent = {"old_password": make.PASSWORD, "password": NEW}

        browser.post(CHANGE, sent, content_type="application/json")

        assert browser.cookies["sessionid"].value != before
        (listed,) = browser.get("/api/v1/auth/sessions/").json()["results"]
        assert listed["is_current"]
        browser.delete(f"/api/v1/auth/sessions/{listed['id']}/")
        assert browser.get(ME).status_code == 401

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"old_password": "wrong"}, "old_password"),
            ({"password": "short"}, "password"),
            ({"password": "ann@example.org"}, "password"),
            ({"password_confirm": "differs"}, "password_confirm"),
        ],
    )
    def test_what_is_wrong_is_said_under_its_field(self, ann: User, sent: dict[str, str], field: str) -> None:
        answer = self.change(self.program(ann), **sent)

        assert answer.status_code == 400
        assert set(answer.json()) - {"code"} == {field}
        ann.refresh_from_db()
        assert ann.check_password(make.PASSWORD)

    def test_old_passwords_cannot_be_guessed_with_a_token(self, ann: User, settings: Any) -> None:
        phone = self.program(ann)
        for _ in range(settings.LOGIN_FAILURES_ALLOWED):
            self.change(phone, old_password="wrong")

        assert self.change(phone).status_code == 429


class TestAsking:
    def test_the_mail_has_a_link_that_sets_a_new_password_and_ends_every_sign_in(
        self, ann: User, request: pytest.FixtureRequest
    ) -> None:
        tokens = make.tokens(ann)
        link = request.getfixturevalue("link")

        answer = APIClient().post(RESET, {**link, "password": NEW, "password_confirm": NEW})

        assert answer.status_code == 204
        assert APIClient().post(LOGIN, {"username": "ann", "password": NEW}).status_code == 200
        old = APIClient().get(ME, headers={"Authorization": f"Bearer {tokens['access']}"})
        assert old.status_code == 401

    def test_the_mail_goes_to_the_kept_address_whatever_was_typed(
        self, django_capture_on_commit_callbacks: Any, ann: User, mailoutbox: Box
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            APIClient().post(ASK, {"email": " ANN@Example.org "})

        assert [mail.to for mail in mailoutbox] == [["ann@example.org"]]

    def test_neither_answer_nor_work_tells_whether_there_is_such_an_account(
        self, django_capture_on_commit_callbacks: Any, ann: User, bob: User, mailoutbox: Box
    ) -> None:
        User.objects.filter(pk=bob.pk).update(is_active=False)
        seen = set()
        for email in ("ann@example.org", "bob@example.org", "nobody@example.org", "no address", "a\x1bb"):
            with (
                django_capture_on_commit_callbacks() as afterwards,
                CaptureQueriesContext(connection) as queries,
            ):
                answer = APIClient().post(ASK, {"email": email})
            verbs = tuple(query["sql"].split()[0] for query in queries if email.isprintable())
            seen.add((answer.status_code, answer.content, len(afterwards), verbs or None))

        statuses, bodies, rings, _ = zip(*seen, strict=True)
        assert (set(statuses), set(rings), len(set(bodies))) == ({202}, {1}, 1)
        assert len({verbs for *_, verbs in seen if verbs}) == 1
        assert not mailoutbox  # the mail is not sent before the answer

    def test_nobody_but_the_owner_gets_mail(
        self, django_capture_on_commit_callbacks: Any, ann: User, mailoutbox: Box
    ) -> None:
        User.objects.filter(pk=ann.pk).update(is_active=False)
        with django_capture_on_commit_callbacks(execute=True):
            for email in ("ann@example.org", "nobody@example.org"):
                APIClient().post(ASK, {"email": email})

        assert not mailoutbox
        assert set(Job.objects.values_list("state", flat=True)) == {"done"}

    def test_asking_is_limited_by_address_and_by_name(self, ann: User, settings: Any) -> None:
        settings.RATES = settings.RATES | {"password_mail": (2, 3600)}
        ask = {"email": "nobody@example.org"}

        by_name = [APIClient(REMOTE_ADDR=f"192.0.2.{n}").post(ASK, ask).status_code for n in range(3)]
        by_address = [APIClient().post(ASK, {"email": f"x{n}@example.org"}).status_code for n in range(3)]

        assert by_name == by_address == [202, 202, 429]


class TestLink:
    def test_it_works_once(self, link: dict[str, str], ann: User) -> None:
        assert APIClient().post(RESET, {**link, "password": NEW}).status_code == 204

        again = APIClient().post(RESET, {**link, "password": "another-heron-entirely"})

        assert (again.status_code, again.json()["code"]) == (400, "stale_link")
        ann.refresh_from_db()
        assert ann.check_password(NEW)

    def test_a_weak_password_does_not_use_it_up(self, link: dict[str, str]) -> None:
        assert set(APIClient().post(RESET, {**link, "password": "short"}).json()) == {"password", "code"}
        assert APIClient().post(RESET, {**link, "password": NEW}).status_code == 204

    def test_it_works_for_an_hour(self, link: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
        later = datetime.now() + timedelta(minutes=61)  # noqa: DTZ005 -- as Django's generator tells the time
        monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: later)

        assert APIClient().post(RESET, {**link, "password": NEW}).json()["code"] == "stale_link"

    def test_it_opens_nobody_elses_account(self, link: dict[str, str], bob: User) -> None:
        for uid in (make.uid(bob), "x", "", "é", "AAAA", "a" * 100):
            answer = APIClient().post(RESET, {**link, "uid": uid, "password": NEW})
            assert answer.status_code == 400
        bob.refresh_from_db()
        assert bob.check_password(make.PASSWORD)

    def test_it_opens_no_closed_account(self, link: dict[str, str], ann: User) -> None:
        User.objects.update(is_active=False)

        assert APIClient().post(RESET, {**link, "password": NEW}).status_code == 400

    @pytest.mark.parametrize("change", [{"email": "new@example.org"}, {"last_login": timezone.now()}])
    def test_another_address_or_a_sign_in_makes_it_useless(
        self, link: dict[str, str], change: dict[str, Any]
    ) -> None:
        User.objects.update(**change)

        assert APIClient().post(RESET, {**link, "password": NEW}).status_code == 400

    @pytest.mark.parametrize("name", ["ann", "ann@example.org"])
    def test_whoever_was_held_back_gets_in_with_the_new_password(
        self, link: dict[str, str], settings: Any, name: str
    ) -> None:
        for _ in range(settings.LOGIN_FAILURES_ALLOWED):
            APIClient().post(LOGIN, {"username": name, "password": "wrong"})

        APIClient().post(RESET, {**link, "password": NEW})

        assert APIClient().post(LOGIN, {"username": name, "password": NEW}).status_code == 200


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_one_link_at_once_one_is_too_late() -> None:
    ann = make.user("ann")
    token = PasswordResetTokenGenerator().make_token(ann)
    start = threading.Barrier(2)

    def use(password: str) -> str:
        start.wait()
        try:
            services.reset_password(uid=make.uid(ann), token=token, password=password, address="")
        except errors.StaleLink:
            return ""
        finally:
            connection.close()
        return password

    with ThreadPoolExecutor(2) as people:
        outcomes = list(people.map(use, [NEW, "another-heron-entirely"]))

    (counted,) = filter(None, outcomes)
    ann.refresh_from_db()
    assert ann.check_password(counted)
