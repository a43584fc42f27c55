"""Instances that come and go behind nginx: nobody notices, and nothing is done twice."""

import os
import signal
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2 as httpx
import pytest

from client import Person
from pictures import jpeg
from stack.load import Load, Readers
from stack.programs import descendants
from stack.whole import Stack
from stack.workplace import eventually

pytestmark = pytest.mark.stack


@pytest.fixture
def ann(stack: Stack) -> Iterator[Person]:
    """Somebody with one card."""
    with Person(stack.address) as person:
        person.sign_up()
        person.find("Vulpes vulpes", jpeg())
        yield person


def test_no_read_fails_while_an_instance_is_killed_and_comes_back(stack: Stack, ann: Person) -> None:
    with Readers(stack.address, ann.token) as readers:
        time.sleep(1)
        stack.parts["web-2"].kill()
        time.sleep(2)
        stack.parts["web-2"].start()
        time.sleep(1)

    assert set(readers.answers) == {"200"}
    assert readers.answers["200"] > 50


def test_no_request_in_hand_is_broken_off_when_an_instance_is_asked_to_end(stack: Stack, ann: Person) -> None:
    load = Load(stack.address, people=4, rate=20)  # they write: that is never asked of the other instance
    with load, Readers(stack.address, ann.token) as readers:
        for name in ("web-1", "web-2"):  # one after the other: so new code is taken
            time.sleep(3)  # nginx leaves one that did not answer alone for two seconds (upstream.conf)
            stack.parts[name].restart()
        time.sleep(1)
    load.close()

    assert set(readers.answers) == {"200"}
    assert set(load.answers) == {"200", "201"}
    assert load.wrong == []


def test_a_process_is_renewed_after_its_share_of_requests_and_nobody_notices(
    stack: Stack, ann: Person
) -> None:
    before = set(descendants(stack.parts["web-1"].pid))
    with Readers(stack.address, ann.token) as readers:
        time.sleep(1)
        for pid in before:
            with suppress(ProcessLookupError):  # it may have had its share just now
                os.kill(pid, signal.SIGTERM)  # it ends by itself like this then
        eventually(lambda: not before & set(descendants(stack.parts["web-1"].pid)), within=30)
        time.sleep(1)

    assert set(readers.answers) == {"200"}


@contextmanager
def instances_that_die(count: int) -> Iterator[tuple[list[int], list[bytes]]]:
    """Run servers that take a request and go away without an answer. Gives their ports, and what they took."""
    taken: list[bytes] = []

    class Taker(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            taken.append(self.request.recv(65536))

    servers = [socketserver.ThreadingTCPServer(("127.0.0.1", 0), Taker) for _ in range(count)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield [server.server_address[1] for server in servers], taken
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


@pytest.mark.parametrize(("method", "times"), [("POST", 1), ("GET", 2)])
def test_only_what_changes_nothing_is_asked_of_another_instance(
    stack: Stack, method: str, times: int
) -> None:
    with (
        instances_that_die(2) as (ports, taken),
        stack.another_nginx("nginx-dying", upstream=ports) as address,
    ):
        answer = httpx.request(method, f"{address}/api/v1/dex/entries/")
        page = httpx.get(f"{address}/")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["code"] == "unavailable"
    assert sum(request.startswith(f"{method} /api".encode()) for request in taken) == times
    assert page.status_code == 503
    assert "Back in a moment" in page.text


def test_forked_processes_share_no_connection(stack: Stack) -> None:
    processes = [pid for name in ("web-1", "web-2") for pid in descendants(stack.parts[name].pid)]
    connected = [_connections_of(pid) for pid in processes]

    assert len(processes) >= 2
    assert any(connected)
    assert sum(map(len, connected)) == len(set.union(*connected))


def _connections_of(pid: int) -> set[str]:
    """Return the inodes of a process's open connections; one that two processes hold has the same in both."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    established = {row[9] for row in rows if row[3] == "01"}
    links = (file.readlink().name for file in Path(f"/proc/{pid}/fd").iterdir())
    return {link[8:-1] for link in links if link.startswith("socket:[")} & established
