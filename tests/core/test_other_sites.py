"""What pages of other sites may do: call the API with a token if the operator named them, and nothing by cookie."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User

FRIENDLY, OTHER_FRIENDLY, HOSTILE = (
    "https://app.example.org",
    "https://two.example.org",
    "https://evil.example.org",
)
ME, NUMBERS = "/api/v1/users/me/", "/api/v1/animals/"


@pytest.fixture(autouse=True)
def _friends(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [FRIENDLY, OTHER_FRIENDLY]


def preflight(origin: str, path: str, method: str, headers: str = "authorization") -> HttpResponse:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }
    answer = Client().options(path, headers=asked)
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("origin", [FRIENDLY, OTHER_FRIENDLY])
@pytest.mark.parametrize("path", [ME, "/api/v1/dex/entries/", "/photos/x.jpg"])
def test_a_site_that_is_named_may_call_by_every_method(path: str, origin: str, method: str) -> None:
    answer = preflight(origin, path, method, "authorization, content-type, if-none-match, upload-offset")

    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == origin
    assert method in answer["Access-Control-Allow-Methods"].split(", ")
    allowed = answer["Access-Control-Allow-Headers"].split(", ")
    assert {"authorization", "content-type", "if-none-match", "upload-offset"} <= set(allowed)
    assert "Access-Control-Allow-Credentials" not in answer
    assert int(answer["Access-Control-Max-Age"]) > 0
    assert "origin" in answer["Vary"].lower()


@pytest.mark.parametrize(
    "origin",
    [
        HOSTILE,
        "http://app.example.org",
        "https://app.example.org:8443",
        "https://app.example.org.evil.example.org",
        "https://sub.app.example.org",
        "null",
    ],
)
def test_a_site_that_is_not_named_may_call_nothing(origin: str) -> None:
    for method in ("GET", "POST"):
        assert "Access-Control-Allow-Origin" not in preflight(origin, ME, method)
    assert "Access-Control-Allow-Origin" not in Client().get("/api/v1/health/", headers={"Origin": origin})


def test_only_the_api_and_pictures_are_there_for_other_sites() -> None:
    for path in ("/", "/sign-in/", "/capture/", "/dex/", "/health/"):
        assert "Access-Control-Allow-Origin" not in preflight(FRIENDLY, path, "GET")


def test_nobody_is_named_unless_the_operator_does(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = []

    assert "Access-Control-Allow-Origin" not in preflight(FRIENDLY, ME, "GET")
    assert getattr(settings, "CORS_ALLOW_ALL_ORIGINS", False) is False


@pytest.mark.django_db
def test_a_page_of_another_site_reads_what_it_needs_to_go_on() -> None:
    answer = Client().get(NUMBERS, headers={"Origin": FRIENDLY})

    assert answer["Access-Control-Allow-Origin"] == FRIENDLY
    assert {"ETag", "Retry-After", "X-Request-ID"} <= set(answer["Access-Control-Expose-Headers"].split(", "))


@pytest.mark.django_db
class TestByCookie:
    """The pages' own cookie opens the API, too: a form on another site must not use it."""

    @pytest.fixture
    def browser(self, ann: User) -> APIClient:
        browser = APIClient(enforce_csrf_checks=True)
        browser.login(username="ann", password=make.PASSWORD)
        return browser

    @staticmethod
    def token(browser: APIClient, **extra: Any) -> str:
        browser.get("/dex/", **extra)
        return str(browser.cookies["csrftoken"].value)

    def test_reading_needs_no_token(self, browser: APIClient) -> None:
        assert browser.get(ME).status_code == 200

    def test_writing_needs_the_token_of_our_own_page(self, browser: APIClient) -> None:
        path = "/api/v1/vision/jobs/"
        assert browser.post(path, {}).status_code == 403

        token = self.token(browser)
        assert browser.post(path, {}, headers={"X-CSRFToken": "x" * 64}).status_code == 403
        assert browser.post(path, {}, headers={"X-CSRFToken": token}).status_code == 400

    def test_behind_https_our_own_site_is_believed_and_no_other(
        self, browser: APIClient, settings: Any
    ) -> None:
        settings.CSRF_TRUSTED_ORIGINS = ["https://dex.example.org"]
        token = self.token(browser)

        def sent(origin: str) -> int:
            headers = {"X-CSRFToken": token, "Origin": origin}
            return int(browser.post("/api/v1/vision/jobs/", {}, headers=headers).status_code)

        assert sent("https://dex.example.org") == 400
        assert sent("https://evil.example.org") == 403
        assert sent("http://dex.example.org") == 403

    def test_a_bearer_token_is_proof_enough(self, ann: User) -> None:
        program = APIClient(enforce_csrf_checks=True)
        signed_in = program.post("/api/v1/auth/login/", {"username": "ann", "password": make.PASSWORD}).json()

        answer = program.post(
            "/api/v1/vision/jobs/",
            {},
            headers={"Authorization": f"Bearer {signed_in['access']}", "Origin": HOSTILE},
        )

        assert answer.status_code == 400
