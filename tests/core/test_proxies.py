"""Who sent a request, and how, is believed from the proxies that the operator named and from nobody else."""

import ipaddress
import re
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

import make
from biologidex.config import env
from biologidex.core.proxies import ProxyMiddleware, was_passed_on
from biologidex.core.throttling import address_of

PROXY, OTHER_PROXY, SENDER = "10.0.0.2", "10.0.0.3", "203.0.113.9"


@pytest.fixture
def _behind_proxies(settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/24"), "unix"]


def arrived(**sent: str) -> HttpRequest:
    """A request as the views see it."""
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    remote = sent.pop("remote", PROXY)
    headers = {name.replace("_", "-"): value for name, value in sent.items()}
    ProxyMiddleware(view)(RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers))
    return seen[0]


@pytest.mark.usefixtures("_behind_proxies")
@pytest.mark.parametrize(
    ("remote", "forwarded", "counted_for"),
    [
        (PROXY, SENDER, SENDER),
        (PROXY, f"198.51.100.1, {SENDER}", SENDER),  # the sender had written an address itself
        (PROXY, f"198.51.100.1, {SENDER}, {OTHER_PROXY}", SENDER),  # two proxies
        (PROXY, f"{SENDER},{OTHER_PROXY} , {PROXY}", SENDER),
        (PROXY, f"{OTHER_PROXY}, {PROXY}", OTHER_PROXY),  # a proxy itself asks
        (PROXY, "", PROXY),
        (PROXY, f"{SENDER}, unknown", PROXY),
        (PROXY, f"{SENDER}, unknown, {OTHER_PROXY}", OTHER_PROXY),
        (PROXY, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (f"::ffff:{PROXY}", SENDER, SENDER),
        ("", SENDER, SENDER),  # by a socket file
        ("203.0.113.77", SENDER, "203.0.113.77"),
        ("127.0.0.1", SENDER, "127.0.0.1"),
        ("not an address", SENDER, ""),
    ],
)
def test_the_last_address_that_is_no_proxys_counts(remote: str, forwarded: str, counted_for: str) -> None:
    assert address_of(arrived(remote=remote, X_Forwarded_For=forwarded)) == counted_for


def test_without_any_proxy_named_nobody_is_believed() -> None:
    request = arrived(remote="127.0.0.1", X_Forwarded_For=SENDER, X_Forwarded_Proto="https")

    assert address_of(request) == "127.0.0.1"
    assert not request.is_secure()


@pytest.mark.usefixtures("_behind_proxies")
@pytest.mark.parametrize(
    ("remote", "scheme", "secure"),
    [
        (PROXY, "https", True),
        (PROXY, "HTTPS", True),
        (PROXY, "http", False),
        (PROXY, "https, http", False),
        (PROXY, "javascript", False),
        (SENDER, "https", False),
    ],
)
def test_a_proxy_says_whether_the_sender_came_by_https(remote: str, scheme: str, secure: bool) -> None:
    assert arrived(remote=remote, X_Forwarded_Proto=scheme).is_secure() is secure


@pytest.mark.usefixtures("_behind_proxies")
@pytest.mark.parametrize("remote", [PROXY, SENDER])
@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP"])
def test_what_was_said_is_thrown_away_once_it_has_been_judged(remote: str, header: str) -> None:
    request = arrived(remote=remote, **{header: SENDER})

    assert header not in request.headers
    assert was_passed_on(request)
    assert not was_passed_on(arrived(remote=remote))


@pytest.mark.usefixtures("_behind_proxies")
def test_the_id_of_a_request_is_the_proxys_and_nobody_elses(client: Client) -> None:
    asked = {"X-Request-ID": "an-id-of-nginx-01"}

    assert client.get("/health/", headers=asked, REMOTE_ADDR=PROXY)["X-Request-ID"] == "an-id-of-nginx-01"
    assert client.get("/health/", headers=asked, REMOTE_ADDR=SENDER)["X-Request-ID"] != "an-id-of-nginx-01"


@pytest.mark.django_db
@pytest.mark.usefixtures("_behind_proxies")
def test_senders_behind_one_proxy_are_counted_apart_and_cannot_become_others(settings: Any) -> None:
    settings.RATES = {**settings.RATES, "anonymous": (2, 60)}

    def asked(address: str) -> list[int]:
        """Each time with another made-up address, to which the proxy adds the true one."""
        return [
            Client(REMOTE_ADDR=PROXY)
            .get("/api/v1/animals/", headers={"X-Forwarded-For": f"198.51.100.{number}, {address}"})
            .status_code
            for number in range(3)
        ]

    assert asked("203.0.113.1") == [200, 200, 429]
    assert asked("203.0.113.2") == [200, 200, 429]


@pytest.mark.django_db
@pytest.mark.usefixtures("_behind_proxies")
class TestAFormSentByHttps:
    """Through a proxy that speaks https with the sender and http with us."""

    @pytest.fixture
    def browser(self) -> Client:
        return Client(
            enforce_csrf_checks=True,
            REMOTE_ADDR=PROXY,
            headers={
                "Host": "testserver",
                "X-Forwarded-Proto": "https",
                "Referer": "https://testserver/sign-in/",
            },
        )

    def test_is_taken_with_its_token(self, browser: Client) -> None:
        make.user("ann")
        page = browser.get("/sign-in/").content.decode()
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]

        answer = browser.post(
            "/sign-in/", {"name": "ann", "password": make.PASSWORD, "csrfmiddlewaretoken": token}
        )

        assert (answer.status_code, answer["Location"]) == (302, "/dex/")

    def test_is_refused_without(self, browser: Client) -> None:
        browser.get("/sign-in/")

        assert browser.post("/sign-in/", {"name": "ann", "password": "wrong"}).status_code == 403

    def test_is_refused_when_another_site_sent_it(self, browser: Client) -> None:
        page = browser.get("/sign-in/").content.decode()
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]

        answer = browser.post(
            "/sign-in/", {"csrfmiddlewaretoken": token}, headers={"Origin": "https://evil.example.org"}
        )

        assert answer.status_code == 403


@pytest.mark.parametrize("wrong", ["everybody", "10.0.0.1/24", "10.0.0.0/33", "0.0.0.0/0", "::/0", "unix,*"])
def test_a_network_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setattr(env, "DECLARED", {})
    monkeypatch.setenv("X", wrong)

    with pytest.raises(env.BadValue, match=r"^X "):
        env.peers("X", "")
