"""The two Redis of deploy/redis, running: on free ports, with passwords made at random, in folders of their own.

with broker() as redis:
    redis.address      for BIOLOGIDEX_BROKER_URL; the same stands in the file redis.address_file
    redis.admin()      a client that may do everything
    redis.kill(); redis.start()
"""

import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from string import Template
from typing import Self

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from running import free_port

TEMPLATES = Path(__file__).parents[2] / "deploy" / "redis"
USERS = ("app", "exporter", "admin")


def program() -> str | None:
    """Return the server's program. Debian's redis-tools holds it without the service, under another name."""
    return shutil.which("redis-server") or shutil.which("redis-check-rdb")


def at(address: str) -> Redis:
    """Return a client that does not try twice."""
    return Redis.from_url(address, decode_responses=True, retry=Retry(NoBackoff(), 0))


class RedisServer:
    """One of the two, as deploy/redis describes it."""

    def __init__(self, kind: str, folder: Path, *, maxmemory: str = "64mb") -> None:
        self.kind = kind
        self.folder = folder
        self.port = free_port()
        self.passwords = {user: secrets.token_urlsafe(24) for user in USERS}
        self.log = folder / "redis.log"
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "data").mkdir(parents=True)
        self._users = self._render(f"{kind}.acl")
        self._configuration = self._render(f"{kind}.conf", maxmemory)
        self.address = self.address_of(kind)
        self.address_file = self._secret("address", self.address)

    def _render(self, name: str, maxmemory: str = "") -> Path:
        hashes = {
            f"REDIS_{user.upper()}_HASH": hashlib.sha256(password.encode()).hexdigest()
            for user, password in self.passwords.items()
        }
        text = Template((TEMPLATES / name).read_text()).substitute(
            hashes,
            REDIS_BIND="127.0.0.1",
            REDIS_PORT=self.port,
            REDIS_DIR=self.folder / "data",
            REDIS_USERS_FILE=self.folder / f"{self.kind}.acl",
            REDIS_MAXMEMORY=maxmemory,
        )
        return self._secret(name, text)

    def _secret(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.touch(mode=0o600)
        file.write_text(text)
        return file

    def address_of(self, user: str, *, password: str | None = None) -> str:
        """Return the address for a user: the kind's own name is the application."""
        known = self.passwords["app" if user == self.kind else user]
        return f"redis://{user}:{password or known}@127.0.0.1:{self.port}/0"

    def client(self, user: str) -> Redis:
        """Return a client that is a user."""
        return at(self.address_of(user))

    def admin(self) -> Redis:
        """Return a client that may do everything."""
        return self.client("admin")

    def start(self) -> Self:
        """Start it, as nobody when we are root, and wait until it answers."""
        command = [self.kind, str(self._configuration)]
        as_nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
        if as_nobody:
            self._give_to_nobody()
        found = program()
        if found is None:
            raise RuntimeError("Redis is not installed. As root: apt install redis-tools")
        with self.log.open("ab") as log:
            # What the program is depends on its first word.
            self._process = subprocess.Popen(
                ["redis-server", *command[1:]], executable=found, stdout=log, stderr=log, **as_nobody
            )
        self._wait_until_ready()
        return self

    def _give_to_nobody(self) -> None:
        for file in (self.folder, *self.folder.rglob("*")):
            shutil.chown(file, "nobody", "nogroup")

    def _wait_until_ready(self) -> None:
        for _ in range(200):
            if self._process is not None and self._process.poll() is None and self._answers():
                return
            time.sleep(0.025)
        raise RuntimeError(f"Redis did not start:\n{self.log.read_text()}")

    def _answers(self) -> bool:
        with self.admin() as admin:
            try:
                return bool(admin.ping())
            except RedisError:
                return False

    @property
    def pid(self) -> int:
        """The process that was started."""
        if self._process is None:
            raise RuntimeError(f"The {self.kind} does not run.")
        return self._process.pid

    def take_besides(self, password: str) -> None:
        """Let the application in with this password too, after a restart as well; it is the one told from now on."""
        self.admin().acl_setuser(self.kind, enabled=True, passwords=f"+{password}")
        self.admin().acl_save()
        self.passwords["app"] = password
        self.address = self.address_of(self.kind)

    def take_no_more(self, password: str) -> None:
        """Let nobody in with this password any more."""
        self.admin().acl_setuser(self.kind, enabled=True, passwords=f"-{password}")
        self.admin().acl_save()

    @property
    def is_running(self) -> bool:
        """Whether the process is still there."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End it without any warning, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as an operator does."""
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """Let it hang: it takes connections and answers nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, which: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(which)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(20)
            self._process = None


@contextmanager
def _running(kind: str, maxmemory: str) -> Iterator[RedisServer]:
    top = Path(tempfile.mkdtemp(prefix="biologidex-redis-"))  # pytest's own let in only whoever runs it
    top.chmod(0o711)
    server = RedisServer(kind, top / kind, maxmemory=maxmemory)
    try:
        yield server.start()
    finally:
        server.resume()
        server.stop()
        shutil.rmtree(top, ignore_errors=True)


def broker(*, maxmemory: str = "64mb") -> AbstractContextManager[RedisServer]:
    """Run a broker for the length of a block."""
    return _running("broker", maxmemory)


def cache(*, maxmemory: str = "64mb") -> AbstractContextManager[RedisServer]:
    """Run a cache for the length of a block."""
    return _running("cache", maxmemory)
