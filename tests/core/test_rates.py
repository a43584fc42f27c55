"""Who has to wait, for how long, and what changes nothing about it."""

import logging
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from rest_framework.test import APIClient

from biologidex.accounts.models import User
from biologidex.core import shared_cache, throttling
from biologidex.core.errors import TooMany
from running import free_port

pytestmark = [pytest.mark.urls("core.probe"), pytest.mark.django_db]
COUNTED, NAMED, MEMBERS = "/api/v1/counted/", "/api/v1/named/", "/api/v1/members/"
Rates = Callable[..., None]


@pytest.fixture
def rates(settings: Any) -> Rates:
    """Allow so many in an hour of the kinds that are named, and any number of all others."""

    def allow(**allowed: int) -> None:
        settings.RATES = {kind: (allowed.get(kind, 0), 3600) for kind in settings.RATES}

    return allow


def statuses(
    api: APIClient, *, times: int, path: str = COUNTED, method: str = "get", **extra: Any
) -> list[int]:
    return [getattr(api, method)(path, **extra).status_code for _ in range(times)]


def test_exactly_as_many_as_allowed_are_let_in(api: APIClient, rates: Rates) -> None:
    rates(anonymous=3)

    assert statuses(api, times=5) == [200, 200, 200, 429, 429]


def test_whoever_is_held_back_is_told_for_how_long_in_words_and_in_seconds(
    api: APIClient, rates: Rates
) -> None:
    rates(anonymous=1)
    statuses(api, times=1)

    answer = api.get(COUNTED)

    assert 3590 < int(answer["Retry-After"]) <= 3600
    assert answer.json() == {
        "detail": "Too many requests. Please try again in 60 minutes.",
        "code": "too_many",
    }


def test_after_the_window_it_begins_anew(
    api: APIClient, rates: Rates, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates(anonymous=2)
    assert statuses(api, times=3) == [200, 200, 429]

    later = time.time() + 3601
    monkeypatch.setattr(time, "time", lambda: later)

    assert statuses(api, times=3) == [200, 200, 429]


def test_each_person_has_a_limit_of_their_own(api: APIClient, rates: Rates, ann: User, bob: User) -> None:
    rates(person=2)

    api.force_authenticate(ann)
    assert statuses(api, times=3) == [200, 200, 429]
    api.force_authenticate(bob)
    assert statuses(api, times=3) == [200, 200, 429]


def test_a_persons_limit_goes_with_them_to_another_address(api: APIClient, rates: Rates, ann: User) -> None:
    rates(person=2)
    api.force_authenticate(ann)

    assert statuses(api, times=2) == [200, 200]
    assert statuses(api, times=1, REMOTE_ADDR="192.0.2.7") == [429]


def test_everybody_behind_one_address_shares_its_limit(
    api: APIClient, rates: Rates, ann: User, bob: User
) -> None:
    rates(address=3)

    api.force_authenticate(ann)
    assert statuses(api, times=2) == [200, 200]
    api.force_authenticate(bob)
    assert statuses(api, times=2) == [200, 429]
    assert statuses(api, times=1, REMOTE_ADDR="192.0.2.7") == [200]


def test_strangers_do_not_use_up_what_members_of_the_house_may(
    api: APIClient, rates: Rates, ann: User
) -> None:
    rates(anonymous=1, address=1)
    assert statuses(api, times=2) == [200, 429]

    api.force_authenticate(ann)

    assert statuses(api, times=1) == [200]


def test_a_kind_is_counted_for_the_methods_that_name_it(api: APIClient, rates: Rates, ann: User) -> None:
    rates(upload=2)
    api.force_authenticate(ann)

    assert statuses(api, times=5) == [200] * 5
    assert statuses(api, times=3, method="post") == [200, 200, 429]
    assert statuses(api, times=1) == [200]


def test_a_kind_may_be_counted_for_all_methods_together(api: APIClient, rates: Rates) -> None:
    rates(name=2)

    assert statuses(api, times=1, path=NAMED) == [200]
    assert statuses(api, times=2, path=NAMED, method="post") == [200, 429]


def test_what_a_narrow_limit_refuses_does_not_count_for_the_wide_one(
    api: APIClient, rates: Rates, ann: User
) -> None:
    rates(upload=1, person=2)
    api.force_authenticate(ann)

    assert statuses(api, times=9, method="post") == [200] + [429] * 8
    assert statuses(api, times=2) == [200, 429]


def test_0_is_no_limit(api: APIClient, rates: Rates) -> None:
    rates()

    assert statuses(api, times=30) == [200] * 30


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP", "True-Client-IP"],
)
def test_whoever_writes_another_address_into_a_header_is_counted_all_the_same(
    api: APIClient, rates: Rates, header: str
) -> None:
    rates(anonymous=2)

    told = [api.get(COUNTED, headers={header: f"198.51.100.{number}"}).status_code for number in range(4)]

    assert told == [200, 200, 429, 429]


def test_nobody_is_counted_together_with_all_whose_address_is_not_known(api: APIClient, rates: Rates) -> None:
    rates(anonymous=1)

    assert statuses(api, times=3, REMOTE_ADDR="") == [200, 200, 200]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}])
def test_requests_that_are_turned_away_are_counted_like_those_of_strangers(
    api: APIClient, rates: Rates, headers: dict[str, str]
) -> None:
    rates(anonymous=3)

    assert statuses(api, times=5, path=MEMBERS, headers=headers) == [401, 401, 401, 429, 429]
    assert statuses(api, times=1) == [429]


def test_a_refusal_at_the_door_is_counted_once(api: APIClient, rates: Rates) -> None:
    rates(anonymous=3)

    assert statuses(api, times=4, path="/api/v1/refused/unauthenticated/") == [401, 401, 401, 429]


def test_spending_by_hand_counts_like_a_request(rates: Rates) -> None:
    rates(sign_up=2)
    throttling.spend("sign_up", "192.0.2.7")
    throttling.spend("sign_up", "192.0.2.7")

    with pytest.raises(TooMany, match="again in 60 minutes") as refused:
        throttling.spend("sign_up", "192.0.2.7")

    assert 3590 < (refused.value.retry_after or 0) <= 3600
    throttling.spend("sign_up", "192.0.2.8")


def test_while_the_cache_is_lost_nobody_is_held_back_and_the_log_says_so(
    api: APIClient,
    rates: Rates,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nobody = {
        "BACKEND": "biologidex.core.shared_cache.SharedCache",
        "LOCATION": f"redis://127.0.0.1:{free_port()}",
    }
    settings.CACHES = {"default": nobody}
    monkeypatch.setattr(shared_cache.Client, "silent_until", 0.0)
    rates(anonymous=1)

    with caplog.at_level(logging.WARNING, logger=shared_cache.__name__):
        assert statuses(api, times=5) == [200] * 5

    assert len(caplog.records) == 1  # a pause follows: it is neither asked nor told of at every request
    assert "nobody held back" in caplog.text
    caches["default"].close()
