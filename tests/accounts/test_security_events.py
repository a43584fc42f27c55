"""What may be an attack is counted, for alerts; who it was is not."""

import pytest
from prometheus_client import REGISTRY
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User

pytestmark = pytest.mark.django_db


def counted(kind: str) -> float:
    return REGISTRY.get_sample_value("security_events_total", {"kind": kind}) or 0.0


def test_wrong_passwords_and_the_wait_after_them_are_counted(ann: User, settings: object) -> None:
    settings.LOGIN_FAILURES_ALLOWED = 2  # type: ignore[attr-defined]
    wrong, locked = counted("wrong_password"), counted("locked_out")

    for _ in range(3):
        APIClient().post(
            "/api/v1/auth/login/", {"username": "ann", "password": "guess"}
        )  # pragma: allowlist secret
    APIClient().post("/api/v1/auth/login/", {"username": "ann", "password": make.PASSWORD})

    assert (counted("wrong_password") - wrong, counted("locked_out") - locked) == (2, 2)


def test_a_rate_that_is_used_up_is_counted(ann: User, settings: object) -> None:
    settings.RATES = {**settings.RATES, "anonymous": (2, 60)}  # type: ignore[attr-defined]
    before = counted("too_many")

    answers = [APIClient().get("/api/v1/animals/").status_code for _ in range(4)]

    assert answers[2:] == [429, 429]
    assert counted("too_many") - before == 2
