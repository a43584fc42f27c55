"""Questions that go the shortest way to PostgreSQL fail like all others do."""

import pytest
from django.db import InterfaceError, OperationalError, connection

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such way"),
]


def test_a_connection_that_breaks_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.ensure_connection()
    monkeypatch.setattr(
        connection, "close_if_health_check_failed", lambda: None
    )  # it breaks right after the look
    connection.connection.pgconn.finish()

    with pytest.raises((OperationalError, InterfaceError)):
        connection.read_at_once("SELECT 1")

    connection.close()
