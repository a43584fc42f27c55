"""A slow statement is told with the request it belongs to, and never with what somebody entered."""

import pytest
from django.db import connection

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def _postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has statements worth timing")


@pytest.mark.usefixtures("_postgresql")
def test_a_slow_statement_is_logged_without_its_values(caplog: pytest.LogCaptureFixture) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.12), %s", ["ann@example.org"])

    assert "ms: SELECT pg_sleep(0.12), %s" in caplog.text
    assert "ann@example.org" not in caplog.text


@pytest.mark.usefixtures("_postgresql")
def test_a_fast_statement_is_not(caplog: pytest.LogCaptureFixture) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", ["ann@example.org"])

    assert "slow statement" not in caplog.text
