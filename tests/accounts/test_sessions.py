"""Sign-ins: listed, ended one by one and all at once, of programs and of browsers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

import make
from biologidex.accounts.devices import device_of
from biologidex.accounts.models import Session, User
from biologidex.core import jobs
from biologidex.core.jobs import runner

pytestmark = pytest.mark.django_db
LOGIN, REFRESH, ME = "/api/v1/auth/login/", "/api/v1/auth/refresh/", "/api/v1/users/me/"
SESSIONS, LOGOUT = "/api/v1/auth/sessions/", "/api/v1/auth/logout/"
EVERYWHERE = "/api/v1/auth/logout/everywhere/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def signed_in(name: str = "ann", agent: str = "GodotEngine/4.5.stable (Web)") -> APIClient:
    """A program that has signed in by the front door."""
    api = APIClient()
    answer = api.post(LOGIN, {"username": name, "password": make.PASSWORD}, headers={"User-Agent": agent})
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}")
    api.refresh_token = answer.json()["refresh"]
    return api


def browsing(name: str = "ann") -> Client:
    """A browser that has signed in on the page."""
    browser = Client(headers={"User-Agent": FIREFOX})
    assert browser.post("/sign-in/", {"name": name, "password": make.PASSWORD}).status_code == 302
    return browser


def is_in(client: Client | APIClient) -> bool:
    """Whether whoever holds these tokens or this cookie is let in."""
    return client.get(ME).status_code == 200


def listed(api: APIClient) -> list[dict[str, Any]]:
    return api.get(SESSIONS).json()["results"]


def test_every_sign_in_is_listed_with_its_device_and_the_asking_one_is_marked(ann: User) -> None:
    browsing()
    phone, laptop = signed_in(), signed_in(agent="curl/8.5")

    assert {(one["kind"], one["device"]) for one in listed(phone)} == {
        ("browser", "Firefox on Linux"),
        ("token", "GodotEngine 4.5.stable"),
        ("token", "curl 8.5"),
    }
    assert [one["device"] for one in listed(phone) if one["is_current"]] == ["GodotEngine 4.5.stable"]
    assert [one["device"] for one in listed(laptop) if one["is_current"]] == ["curl 8.5"]


def test_a_browser_knows_itself_in_the_list(ann: User) -> None:
    signed_in()

    (current,) = [one for one in browsing().get(SESSIONS).json()["results"] if one["is_current"]]

    assert current["kind"] == "browser"


def test_nobody_sees_or_ends_the_sign_ins_of_others(ann: User, eve: User) -> None:
    anns, eves = signed_in(), signed_in("eve")
    (anns_session,) = listed(anns)

    assert [one["id"] for one in listed(eves)] != [anns_session["id"]]
    assert eves.delete(f"{SESSIONS}{anns_session['id']}/").status_code == 404
    assert is_in(anns)


def test_an_ended_sign_in_is_over_at_once_for_both_tokens(ann: User) -> None:
    phone, laptop = signed_in(), signed_in()
    (phones,) = [one for one in listed(phone) if one["is_current"]]

    assert laptop.delete(f"{SESSIONS}{phones['id']}/").status_code == 204

    assert not is_in(phone)
    refused = APIClient().post(REFRESH, {"refresh": phone.refresh_token})
    assert (refused.status_code, refused.json()["code"]) == (401, "token_not_valid")
    assert is_in(laptop)
    assert laptop.delete(f"{SESSIONS}{phones['id']}/").status_code == 404


def test_an_ended_browser_is_signed_out_at_once(ann: User) -> None:
    browser, phone = browsing(), signed_in()
    (browsers,) = [one for one in listed(phone) if one["kind"] == "browser"]

    phone.delete(f"{SESSIONS}{browsers['id']}/")

    assert not is_in(browser)
    assert browser.get("/dex/").status_code == 302
    assert not BrowserSession.objects.exists()


def test_signing_out_ends_this_sign_in_only(ann: User) -> None:
    phone, laptop = signed_in(), signed_in()

    assert phone.post(LOGOUT).status_code == 204

    assert not is_in(phone)
    assert is_in(laptop)
    assert phone.post(LOGOUT).status_code == 401


def test_signing_out_on_the_page_ends_the_browsers_sign_in(ann: User) -> None:
    browser, phone = browsing(), signed_in()

    browser.post("/sign-out/")

    assert [one["kind"] for one in listed(phone)] == ["token"]


def test_signing_out_everywhere_ends_every_sign_in_and_nobody_elses(ann: User, eve: User) -> None:
    everywhere = [signed_in(), signed_in(), browsing()]
    eves = signed_in("eve")

    assert everywhere[0].post(EVERYWHERE).status_code == 204

    assert [is_in(client) for client in everywhere] == [False] * 3
    assert is_in(eves)
    assert {session.user for session in Session.objects.all()} == {eve}


def test_a_refreshed_token_belongs_to_the_same_sign_in(ann: User) -> None:
    phone = signed_in()
    fresh = APIClient().post(REFRESH, {"refresh": phone.refresh_token}).json()["access"]

    phone.post(LOGOUT)

    assert APIClient().get(ME, headers={"Authorization": f"Bearer {fresh}"}).status_code == 401


@pytest.fixture
def change_key(settings: Any) -> Callable[[], None]:
    """Replace the signing key, and still believe the one before."""

    def change() -> None:
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another-key-of-the-tests-" * 3

    return change


@pytest.mark.parametrize("first_asked", ["/dex/", ME])
def test_a_browser_stays_the_same_sign_in_when_the_signing_key_changes(
    ann: User, change_key: Callable[[], None], first_asked: str
) -> None:
    browser, phone = browsing(), signed_in()
    change_key()

    assert browser.get(first_asked).status_code == 200
    jobs.enqueue("accounts.clear_sessions")
    runner.run_due()
    own = next(one for one in listed(phone) if one["kind"] == "browser")
    assert phone.delete(f"{SESSIONS}{own['id']}/").status_code == 204
    assert not is_in(browser)


@pytest.mark.parametrize("then_asked", ["/dex/", ME])
def test_a_browser_that_was_ended_stays_out_when_the_signing_key_changes(
    ann: User, change_key: Callable[[], None], then_asked: str
) -> None:
    browser, phone = browsing(), signed_in()
    change_key()
    browser.get("/")  # Django gives it another key here, and nothing of ours is asked

    phone.post(EVERYWHERE)

    assert browser.get(then_asked).status_code in {302, 401, 403}
    assert not is_in(browser)


def test_reading_a_token_takes_one_query(ann: User) -> None:
    phone = signed_in()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        phone.get("/api/v1/users/friend_code/")

    assert len(queries) == 1


def test_the_list_takes_as_many_queries_for_three_as_for_one(ann: User) -> None:
    phone, counts = signed_in(), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            listed(phone)
        counts.append(len(queries))
        signed_in()
        signed_in()

    assert counts == [3, 3]


def test_use_is_noted_once_an_hour(ann: User) -> None:
    phone, browser = signed_in(), browsing()
    long_ago = timezone.now() - timedelta(hours=2)
    Session.objects.update(seen_at=long_ago)
    cookie = browser.session
    cookie["seen_at"] = long_ago.timestamp()
    cookie.save()

    is_in(phone)
    browser.get("/dex/")

    noted = set(Session.objects.values_list("seen_at", flat=True))
    assert min(noted) > timezone.now() - timedelta(minutes=1)
    is_in(phone)
    browser.get("/dex/")
    assert set(Session.objects.values_list("seen_at", flat=True)) == noted


def test_sign_ins_that_nobody_can_use_any_more_are_deleted_daily(ann: User) -> None:
    signed_in()
    kept = [signed_in(), browsing()]
    old = Session.objects.earliest("created_at")
    Session.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=91))
    browsing()
    newest = Session.objects.filter(kind="browser").latest("created_at")
    BrowserSession.objects.filter(pk=newest.browser_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )

    jobs.enqueue("accounts.clear_sessions")
    runner.run_due()

    assert Session.objects.count() == 2
    assert all(is_in(client) for client in kept)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126 Safari/537.36 Edg/126",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit Chrome/130 Mobile Safari/537", "Chrome on Android"),
        ("GodotEngine/4.5", "GodotEngine 4.5"),
        ("x" * 500, "x" * 60),
        ("<script>", ""),
        ("", ""),
    ],
)
def test_devices_have_short_names(agent: str, name: str) -> None:
    assert device_of(agent) == name
