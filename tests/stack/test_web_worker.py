"""A gunicorn that is asked to end serves everybody who had come by then, and lets others go elsewhere at once."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from running import environment_of, free_port
from stack.programs import DEPLOY, Program, descendants, listens
from stack.whole import GUNICORN

pytestmark = pytest.mark.slow
REQUEST = b"GET /health/ HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Instance(Program):
    """One process that answers, with one thread."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        environment = environment_of(
            folder, PORT=str(self.port), BIOLOGIDEX_WEB_WORKERS="1", BIOLOGIDEX_WEB_THREADS="1"
        )
        command = [GUNICORN, "-c", str(DEPLOY / "gunicorn.conf.py"), "biologidex.config.wsgi"]
        super().__init__("web", command, folder / "web.log", listens(self.port), environment)

    def call(self) -> socket.socket:
        """Come with a request."""
        client = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        client.sendall(REQUEST)
        return client


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    """Run one that has answered already."""
    running = Instance(tmp_path)
    running.start()
    with running.call() as client:
        client.recv(100)
    yield running
    running.stop()


def test_whoever_waits_at_the_door_of_an_ending_server_is_served(instance: Instance) -> None:
    (worker,) = descendants(instance.pid)
    os.kill(worker, signal.SIGSTOP)  # busy, so that whoever comes now has to wait
    with ExitStack() as waiting:
        clients = [waiting.enter_context(instance.call()) for _ in range(8)]
        os.kill(instance.pid, signal.SIGTERM)
        time.sleep(0.5)  # until the worker has been asked too
        os.kill(worker, signal.SIGCONT)
        answers = [client.recv(100) for client in clients]

    assert [answer.partition(b"\r\n")[0] for answer in answers] == [b"HTTP/1.1 200 OK"] * 8
    assert instance.process
    assert instance.process.wait(20) == 0


def test_whoever_comes_later_is_refused_at_once_and_not_left_waiting(instance: Instance) -> None:
    (worker,) = descendants(instance.pid)
    with instance.call() as kept:  # a connection that is kept for a moment yet
        kept.recv(100)
        os.kill(instance.pid, signal.SIGTERM)
        time.sleep(0.7)
        assert Path(f"/proc/{worker}").exists(), "it has ended already"

        with pytest.raises(ConnectionRefusedError):
            instance.call()
