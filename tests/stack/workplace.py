"""A place where work is done: a database, two Redis, a clerk who enqueues, workers and beats to start and to kill."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx2 as httpx
import psycopg

from running import environment_of, free_port
from stack import redis_servers
from stack.redis_servers import RedisServer

TESTS = Path(__file__).parents[1]
PROGRAM = [sys.executable, str(TESTS / "stack" / "background.py")]
LEASE = 2  # seconds: what takes 30 in production
PATIENCE = 120  # seconds: much is tested at the same time


def eventually(happened: Callable[[], Any], *, within: float = PATIENCE) -> None:
    """Wait until it has happened. An error if it does not. `within` is for what is promised in some time."""
    end = time.monotonic() + within
    while not happened():
        if time.monotonic() > end:
            raise AssertionError(f"It did not happen within {within} s.")
        time.sleep(0.05)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.TransportError:
        return False


class Process:
    """A worker, a beat or a web server."""

    def __init__(self, command: list[str], *, environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as out:
            # A session of its own, so that all its processes can be killed together.
            self._process = subprocess.Popen(
                command, env=environment, stdout=out, stderr=out, start_new_session=True
            )
        self.pid = self._process.pid

    def wait_until_it_says(self, words: str, *, within: float = PATIENCE) -> Self:
        """Wait for a line of its log."""
        try:
            eventually(
                lambda: words in self.log.read_text() or self._process.poll() is not None, within=within
            )
        finally:
            assert words in self.log.read_text(), self.log.read_text()
        return self

    def children(self) -> list[int]:
        """Return the processes of its pool."""
        listed = Path(f"/proc/{self.pid}/task").glob("*/children")
        return [int(pid) for file in listed for pid in file.read_text().split()]

    def kill(self) -> None:
        """End it and its pool without any warning."""
        if self._process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(10)

    def stop(self, *, within: float = PATIENCE) -> int:
        """End it as a container's host does. Returns its exit status."""
        self._process.terminate()
        return self._process.wait(within)


class Clerk:
    """Who enqueues, as a web process does, and looks at what has become of it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [*PROGRAM, "clerk"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, what: str, *words: Any, **named: Any) -> Any:
        """Ask for something that background.Clerk knows."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([what, words, named]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """Let the clerk go."""
        self._process.communicate(timeout=20)


class Workplace:
    """Everything that belongs together. `ask` is the clerk's."""

    def __init__(self, folder: Path, database: str, broker: RedisServer, cache: RedisServer) -> None:
        self.folder = folder
        self.broker, self.cache = broker, cache
        self.begun = folder / "begun"
        self.environment = environment_of(
            folder,
            BIOLOGIDEX_JOBS_BACKEND="celery",
            BIOLOGIDEX_JOBS_LEASE=str(LEASE),
            BIOLOGIDEX_DATABASE_URL=database,
            BIOLOGIDEX_BROKER_URL_FILE=str(broker.address_file),
            BIOLOGIDEX_CACHE_URL=cache.address,
            PYTHONPATH=f"{TESTS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
        )
        self._started: list[Process] = []
        self._workers: list[Process] = []
        self._numbers = itertools.count()
        self._clerk = Clerk(self.environment)
        self.ask = self._clerk.ask

    def clerk(self, **environment: str) -> "Clerk":
        """Start another one who enqueues, in another mode."""
        return Clerk({**self.environment, **environment})

    def start(self, *words: str, **environment: str) -> Process:
        """Start a worker or a beat."""
        log = self.folder / f"{words[0]}-{next(self._numbers)}.log"
        process = Process([*PROGRAM, *words], environment={**self.environment, **environment}, log=log)
        self._started.append(process)
        return process

    def web(self) -> str:
        """Start a web server of the self-hosted mode. Returns its address when it answers."""
        address = f"127.0.0.1:{free_port()}"
        options = [f"--bind={address}", "--threads=4", "--no-control-socket"]
        command = [sys.executable, "-m", "gunicorn", *options, "biologidex.config.wsgi"]
        self._started.append(Process(command, environment=self.environment, log=self.folder / "web.log"))
        eventually(lambda: _answers(f"http://{address}/health/"), within=40)
        return f"http://{address}"

    def worker(self, *words: str) -> Process:
        """Start a worker and wait until it takes work."""
        worker = self.start("worker", *words).wait_until_it_says(" ready.")
        self._workers.append(worker)
        return worker

    def kill_workers(self) -> None:
        """End all workers without any warning."""
        while self._workers:
            self._workers.pop().kill()

    def until_done(self, count: int) -> None:
        """Wait until so many jobs are done and none is not. An error tells how they stand, and what was said."""
        try:
            eventually(lambda: self.ask("states") == {"done": count})
        except AssertionError as error:
            said = [f"{one.log.name}:\n{one.log.read_text()[-2000:]}" for one in self._started]
            raise AssertionError("\n".join([str(error), str(self.ask("states")), *said])) from None

    def begin_anew(self) -> None:
        """End what a test has started and forget its work."""
        for process in self._started:
            process.kill()
        self._started.clear()
        self._workers.clear()
        self.begun.unlink(missing_ok=True)
        for redis in (self.broker, self.cache):
            redis.admin().flushall()
        self.ask("clear")

    def close(self) -> None:
        """End everything."""
        for process in self._started:
            process.kill()
        self._clerk.close()


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    """Give the address of an empty database: on the server that the suite runs on, else a file."""
    server = os.environ.get("BIOLOGIDEX_DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield f"sqlite:///{folder / 'work.sqlite3'}"
        return
    name = f"work_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield f"{server.rpartition('/')[0]}/{name}"
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def workplace(folder: Path) -> Iterator[Workplace]:
    """Open a place for the length of a block."""
    with _database(folder) as database, workplace_on(folder, database) as place:
        yield place


@contextmanager
def workplace_on(folder: Path, database: str) -> Iterator[Workplace]:
    """Open a place with this empty database for the length of a block."""
    with redis_servers.broker() as broker, redis_servers.cache() as cache:
        place = Workplace(folder, database, broker, cache)
        subprocess.run([*PROGRAM, "migrate", "-v0"], env=place.environment, check=True)
        place.ask("setup")
        try:
            yield place
        finally:
            place.close()
