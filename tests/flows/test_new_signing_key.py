"""The signing key of a running server is replaced, and nobody notices: as long as the one before it still counts."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

import make
from client import PASSWORD, Person
from running import Server, server

pytestmark = pytest.mark.slow
OLD, NEW = secrets.token_urlsafe(48), secrets.token_urlsafe(48)
ACROSS = {"timeout": 30, "follow_redirects": False}


class Signed:
    """Everything of one person that was signed by the server that ran when it was handed out."""

    def __init__(self, running: Server) -> None:
        self.photo = ""
        with Person(running.address) as person:
            person.sign_up()
            self.access, self.name = person.token, person.name
            job = person.outcome(person.send_photo(make.jpeg_bytes())["id"])
            self.photo = httpx.URL(job["dex_compatible_url"]).path
        tokens = httpx.post(f"{running.address}/api/v1/auth/login/", json=self._credentials()).json()
        self.refresh = tokens["refresh"]
        self.cookies = self._enter(running)

    def _credentials(self) -> dict[str, str]:
        return {"username": self.name, "password": PASSWORD}

    def _enter(self, running: Server) -> dict[str, str]:
        with httpx.Client(base_url=running.address, headers={"Origin": running.address}) as browser:
            browser.get("/sign-in/")
            form = {"name": self.name, "password": PASSWORD}
            token = browser.get("/sign-in/").text.partition('name="csrfmiddlewaretoken" value="')[2]
            browser.post("/sign-in/", data={**form, "csrfmiddlewaretoken": token.partition('"')[0]})
            return dict(browser.cookies)

    def asked_for(self, running: Server) -> dict[str, int]:
        """What each of the signed things gets from a server now."""

        def ask(method: str, path: str, **sent: Any) -> int:
            return httpx.request(method, running.address + path, **ACROSS, **sent).status_code

        bearer = {"Authorization": f"Bearer {self.access}"}
        return {
            "access token": ask("GET", "/api/v1/users/me/", headers=bearer),
            "refresh token": ask("POST", "/api/v1/auth/refresh/", json={"refresh": self.refresh}),
            "photo address": ask("GET", self.photo),
            "browser": ask("GET", "/dex/", cookies=self.cookies),
        }


FINE = {"access token": 200, "refresh token": 200, "photo address": 200, "browser": 200}
OUT = {"access token": 401, "refresh token": 401, "photo address": 404, "browser": 302}


@pytest.fixture
def start(data_folder: Path) -> Callable[..., Any]:
    """A server on one folder, with the keys it is told."""

    def with_keys(key: str, *before: str) -> Any:
        keys = {"BIOLOGIDEX_SECRET_KEY": key, "BIOLOGIDEX_SECRET_KEY_FALLBACKS": ",".join(before)}
        return server(data_folder, **keys)

    return with_keys


def test_what_the_key_before_signed_counts_until_that_key_is_taken_away(start: Callable[..., Any]) -> None:
    with start(OLD) as running:
        ann = Signed(running)
        assert ann.asked_for(running) == FINE

    with start(NEW, OLD) as running:
        assert ann.asked_for(running) == FINE
        bob = Signed(running)

    with start(NEW) as running:
        assert bob.asked_for(running) == FINE
        assert ann.asked_for(running) == OUT
