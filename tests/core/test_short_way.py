"""Programs that read the API go past what only browsers need, and are answered all the same."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

import make
from biologidex.accounts.models import User
from biologidex.accounts.signing import Access

pytestmark = pytest.mark.django_db
ME = "/api/v1/users/me/"
LONG_WAY_ONLY = {"Content-Security-Policy", "Content-Length", "Date", "X-Request-ID"}


def bearer(person: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {make.tokens(person)['access']}"}


def test_both_ways_lead_to_the_same_answer(client: Client, ann: User) -> None:
    token = bearer(ann)

    short = client.get(ME, headers=token)
    long = client.get(ME, headers={**token, "Cookie": "theme=dark"})

    assert short.json() == long.json()
    assert {**short.headers, **dict.fromkeys(LONG_WAY_ONLY)} == {
        **long.headers,
        **dict.fromkeys(LONG_WAY_ONLY),
    }


def test_no_answer_of_the_short_way_is_shown_as_a_page_or_in_one(client: Client, ann: User) -> None:
    told = client.get(ME, headers=bearer(ann))

    assert told["X-Frame-Options"] == "DENY"
    assert told["Content-Security-Policy"].startswith("default-src 'none'; frame-ancestors 'none'")
    assert int(told["Content-Length"]) == len(told.content)


def test_a_cookie_lets_nobody_in_who_sends_a_token_that_does_not(client: Client, ann: User) -> None:
    client.force_login(ann)

    assert client.get(ME, headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_who_has_no_token_that_counts_is_turned_away(client: Client) -> None:
    refused = client.get(ME, headers={"Authorization": "Bearer nonsense"})

    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    assert "detail" in refused.json()


@pytest.mark.parametrize("path", ["/api/v1/nothing-here/", "/api/v1/animals/nothing/"])
def test_what_is_not_there_is_not_there(client: Client, ann: User, path: str) -> None:
    answer = client.get(path, headers=bearer(ann))

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")


def test_a_missing_slash_is_added(client: Client, ann: User) -> None:
    assert client.get(ME.rstrip("/"), headers=bearer(ann))["Location"] == ME


def test_the_tag_of_an_answer_brings_none_the_next_time(client: Client, ann: User) -> None:
    token = bearer(ann)
    tag = client.get(ME, headers=token)["ETag"]

    again = client.get(ME, headers={**token, "If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")


def test_head_has_the_length_and_no_body(client: Client, ann: User) -> None:
    token = bearer(ann)
    whole = client.get(ME, headers=token)

    head = client.head(ME, headers=token)

    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", whole["Content-Length"])


def test_what_breaks_is_told_without_a_word_about_why(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("biologidex.accounts.api.people.MyselfOut", broken)
    answer = Client(raise_request_exception=False).get(ME, headers=bearer(ann))

    assert answer.status_code == 500
    assert b"of ours" not in answer.content


@pytest.mark.slow
def test_a_token_that_has_run_out_lets_nobody_in_though_it_was_seen_before(client: Client, ann: User) -> None:
    token = Access(make.tokens(ann)["access"])
    token.set_exp(lifetime=timedelta(seconds=1))
    sent = {"Authorization": f"Bearer {token}"}

    first = client.get(ME, headers=sent).status_code
    time.sleep(1.1)

    assert (first, client.get(ME, headers=sent).status_code) == (200, 401)
