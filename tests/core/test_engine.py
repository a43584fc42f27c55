"""The connection to PostgreSQL: it is not asked before each request whether it still stands, and still is noticed."""

import select
import socket
import threading
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from biologidex.core.models import Job

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


# As PostgreSQL says it, and pgBouncer after it.
LAST = (
    b"SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0",
    b"SFATAL\0C08P01\0Mserver conn crashed?\0\0",
)


def stand_between(door: socket.socket, address: tuple[str, int]) -> None:
    """Let clients speak with the server, which commits what one of them wrote, but says no more than that it ends."""
    with door:
        door.settimeout(10)
        while not cut_off_at_the_commit(door, address):
            pass
        cut_off_at_the_commit(door, address)  # for Django calls anew at once


def cut_off_at_the_commit(door: socket.socket, address: tuple[str, int]) -> bool:
    """Pass on what both say. False if one of them has ended it."""
    with door.accept()[0] as client, socket.create_connection(address) as server:
        return has_committed(client, server)


def has_committed(client: socket.socket, server: socket.socket) -> bool:
    has_written = commits = False
    while True:
        for one in select.select([client, server], [], [], 10)[0]:
            content = one.recv(1 << 16)
            if not content:
                return False
            has_written = has_written or b"INSERT" in content
            commits = commits or (has_written and b"COMMIT" in content)
            if one is server and commits:
                client.sendall(b"".join(b"E" + (len(words) + 4).to_bytes(4, "big") + words for words in LAST))
                return True
            (server if one is client else client).sendall(content)


def test_one_that_ends_while_it_commits_is_lost_and_no_fault_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = connection.settings_dict
    door = socket.create_server(("127.0.0.1", 0))
    between = threading.Thread(
        target=stand_between, args=(door, (told["HOST"], int(told["PORT"]))), daemon=True
    )
    connection.close()
    with monkeypatch.context() as patched:
        patched.setitem(told, "HOST", "127.0.0.1")
        patched.setitem(told, "PORT", door.getsockname()[1])
        between.start()
        with pytest.raises(OperationalError, match="lost"), transaction.atomic():
            Job.objects.create(name="some.work", run_after=timezone.now())
    connection.close()
    between.join(10)

    assert Job.objects.count() == 1, "it was committed all the same"
