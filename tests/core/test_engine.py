"""The connection to PostgreSQL: it is not asked before each request whether it still stands, and still is noticed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="about PostgreSQL"),
]


def ask() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        told: int = cursor.fetchone()[0]
    return told


def as_a_request_begins() -> None:
    connection.health_check_enabled = True
    connection.health_check_done = False
    connection.close_if_health_check_failed()


def test_a_connection_that_stands_is_not_asked() -> None:
    ask()
    standing = connection.connection

    with CaptureQueriesContext(connection) as queries:
        as_a_request_begins()

    assert connection.is_usable()
    assert len(queries) == 0
    assert connection.connection is standing


def test_one_on_which_the_server_has_said_something_is_asked_and_goes_on() -> None:
    with connection.cursor() as cursor:
        cursor.execute("LISTEN weather")
    standing = connection.connection
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("NOTIFY weather")
    other.close()

    as_a_request_begins()

    assert ask() == 1
    assert connection.connection is standing


def test_one_that_has_ended_is_made_anew() -> None:
    ask()
    ended = connection.connection
    ended.close()

    assert not connection.is_usable()
    as_a_request_begins()

    assert ask() == 1
    assert connection.connection is not ended
