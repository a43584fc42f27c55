"""What every answer says about who may show it, and what it may use."""

import ipaddress
import re
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
PROXY = {"REMOTE_ADDR": "10.0.0.2"}
BY_HTTPS = {"X-Forwarded-Proto": "https", "Host": "localhost"}
EVERYWHERE = ["/", "/sign-in/", "/health/", "/api/v1/animals/", "/api/v1/nothing/", "/nothing/", "/api/docs/"]


@pytest.fixture
def _by_https(settings: Any) -> None:
    """The settings of a server whose address begins with https."""
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/24")]
    settings.HTTPS = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_SSL_REDIRECT = True


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_keeps_itself_out_of_other_sites(client: Client, path: str) -> None:
    told = client.get(path).headers

    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["X-Frame-Options"] == "DENY"
    assert told["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert told["Cross-Origin-Opener-Policy"] == "same-origin"
    assert told["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=(self)" in told["Permissions-Policy"]
    assert "microphone=()" in told["Permissions-Policy"]
    assert "X-XSS-Protection" not in told
    assert "Server" not in told


@pytest.mark.parametrize("path", [path for path in EVERYWHERE if path != "/api/docs/"])
def test_the_policy_allows_nothing_written_into_a_page_and_nobody_elses_files(
    client: Client, path: str
) -> None:
    policy = dict(
        re.fullmatch(r"([a-z-]+) ?(.*)", rule.strip()).groups()  # type: ignore[union-attr]
        for rule in client.get(path).headers["Content-Security-Policy"].split(";")
    )

    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert policy["base-uri"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in str(policy)
    assert "http" not in str(policy)


@pytest.mark.usefixtures("_by_https")
def test_a_site_by_https_stays_so_for_a_year(client: Client) -> None:
    told = client.get("/", headers=BY_HTTPS, **PROXY).headers

    assert told["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.usefixtures("_by_https")
def test_who_comes_by_http_is_sent_to_https_and_told_nothing_else(client: Client) -> None:
    answer = client.get("/sign-in/?next=/dex/", headers={**BY_HTTPS, "X-Forwarded-Proto": "http"}, **PROXY)

    assert (answer.status_code, answer["Location"]) == (301, "https://localhost/sign-in/?next=/dex/")
    assert not answer.cookies


@pytest.mark.usefixtures("_by_https")
@pytest.mark.parametrize("path", ["/health/", "/ready/", "/api/v1/health/", "/metrics"])
def test_who_asks_from_inside_whether_all_is_well_is_answered_by_http(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.usefixtures("_by_https")
def test_cookies_are_for_https_for_no_script_and_come_along_from_a_friends_link(client: Client) -> None:
    cookies = client.get("/sign-in/", headers=BY_HTTPS, **PROXY).cookies

    assert cookies
    for cookie in cookies.values():
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
