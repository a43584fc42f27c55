"""Whom a request is counted for."""

import pytest
from django.test import RequestFactory

from biologidex.core.throttling import Count, address_of


@pytest.mark.parametrize(
    ("remote", "counted_for"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
    ],
)
def test_one_household_is_one_address(remote: str, counted_for: str) -> None:
    assert address_of(RequestFactory().get("/", REMOTE_ADDR=remote)) == counted_for


def test_a_forwarded_address_is_not_believed() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7", headers={"X-Forwarded-For": "198.51.100.1"})

    assert address_of(request) == "192.0.2.7"


def test_two_names_that_run_together_are_counted_apart() -> None:
    Count("sign-in", ("ab", "c"), allowed=1).add()

    assert Count("sign-in", ("a", "bc"), allowed=1).wait() == 0
    assert Count("sign-in", ("ab", "c"), allowed=1).wait() > 0


def test_forgotten_failures_are_gone() -> None:
    failures = Count("sign-in", ("ann",), allowed=1)
    failures.add()

    failures.forget()

    assert failures.wait() == 0
