"""The self-hosted mode as it ships, from deploy/: every server as an ordinary process on a private port.

clients ── nginx ─┬─ gunicorn web-1 ─┐                 ┌─ PostgreSQL primary ══ replica
                  ├─ gunicorn web-2 ─┼── pgBouncer ────┤
                  └─ gunicorn live  ─┤                 │
                       worker, beat ─┘                 └─ two Redis: broker, cache
"""

import getpass
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2 as httpx
import psycopg

from biologidex.config import policy
from running import COMMAND, UNHELD, environment_of, free_port
from stack.cluster import Cluster
from stack.programs import DEPLOY, Program, as_unprivileged, give_away, listens, rendered
from stack.redis_servers import RedisServer

GUNICORN = str(Path(sys.executable).parent / "gunicorn")
ADMIN_HOST = "admin.localhost"
UNLIMITED = "100000r/s"
BELIEVED_PROXY = "127.0.0.2"  # the loopback network has many addresses: one plays the tunnel
Say = Callable[[str], object]


class Stack:
    """All of it, in one folder. `parts` has the processes by name, in the order in which they start."""

    def __init__(self, folder: Path, *, pool: int = 25, nginx: dict[str, object] | None = None) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.secrets = folder / "secrets"
        self.pool = pool
        self.nginx_values = nginx or {}
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.metrics_token = secrets.token_urlsafe(24)
        self.signing_keys = [secrets.token_urlsafe(48)]  # the newest first
        self.parts: dict[str, Program] = {}
        self._web_ports = [free_port(), free_port()]
        self._live_port = free_port()

    @property
    def direct_address(self) -> str:
        """Where one gunicorn listens, past nginx: for what nginx hides."""
        return f"http://127.0.0.1:{self._web_ports[0]}"

    # --- starting ------------------------------------------------------------------------------

    def start(self, say: Say = lambda _: None) -> None:
        """Start everything, each part when what it needs is ready."""
        for folder in (self.folder, self.data, self.secrets, self.folder / "nginx", self.folder / "metrics"):
            folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)  # PostgreSQL, pgBouncer and Redis run as users of their own
        self.secrets.chmod(0o700)
        begun = time.monotonic()
        for what, start in (
            ("PostgreSQL primary", self._start_primary),
            ("Redis broker and cache", self._start_redis),
            ("database, as its owner", self._prepare),
            ("PostgreSQL replica", self._start_replica),
            ("pgBouncer for each", self._start_pools),
            ("three gunicorn, worker and beat", self._start_server),
            ("nginx", self._start_nginx),
        ):
            start()
            say(f"{time.monotonic() - begun:6.1f} s  {what}")

    def _start_primary(self) -> None:
        self.primary = Cluster(self.folder / "primary")
        self.primary.initialise()
        self.parts["primary"] = self.primary.program
        self.primary.program.start()
        roles = self.primary.make_roles()
        if roles.returncode:
            raise RuntimeError(f"roles.sql failed:\n{roles.stderr}")

    def _start_replica(self) -> None:
        self.replica = Cluster(self.folder / "replica", name="replica")
        self.replica.follow(self.primary)
        self.parts["replica"] = self.replica.program
        self.replica.program.start()

    def _start_redis(self) -> None:
        self.broker = RedisServer("broker", self.folder / "broker").start()
        self.cache = RedisServer("cache", self.folder / "cache").start()

    def _start_pools(self) -> None:
        self.pool_port, self.replica_pool_port = free_port(), free_port()
        for name, server, port, wait in (
            ("pgbouncer", self.primary, self.pool_port, 20),
            ("pgbouncer-replica", self.replica, self.replica_pool_port, 2),
        ):
            place = self.folder / f"{name}-{port}"
            place.mkdir()
            users = "".join(
                f'"biologidex_{role}" "{self.primary.passwords[role]}"\n'
                for role in ("app", "worker", "readonly", "monitor")
            )
            values = {
                "DB_NAME": "biologidex",
                "DB_HOST": "127.0.0.1",
                "DB_PORT": server.port,
                "PGBOUNCER_LISTEN": "127.0.0.1",
                "PGBOUNCER_PORT": port,
                "PGBOUNCER_USERS": place / "users.txt",
                "PGBOUNCER_ADMIN": "biologidex_monitor",
                "PGBOUNCER_WAIT": wait,
                "POOL_SIZE": self.pool,
                "POOL_MOST": self.pool + 5,
            }
            self._private(place / "users.txt", users)
            self._private(place / "pgbouncer.ini", rendered("pgbouncer/pgbouncer.ini", values))
            give_away(place, *place.iterdir())
            command = as_unprivileged([_program("pgbouncer"), place / "pgbouncer.ini"])
            self._add(name, command, listens(port)).start()

    def environment_of_owner(self) -> dict[str, str]:
        """Return what commands are told that change the database itself: past the pool, as its owner."""
        return self._environment(self.primary.address("owner"), "owner")

    def _prepare(self) -> None:
        owner = self.environment_of_owner()
        subprocess.run([COMMAND, "prepare"], env=owner, check=True, stdout=subprocess.DEVNULL)

    @contextmanager
    def renewed_pools(self) -> Iterator[None]:
        """Start a second pgBouncer for each, with the passwords of now. The ones before go on until the block ends."""
        before = [self.parts.pop(name) for name in ("pgbouncer", "pgbouncer-replica")]
        try:
            self._start_pools()
            yield
        finally:
            for pool in before:
                pool.stop()

    def tell_server(self) -> None:
        """Write down what the processes of the server are told. They read it when they start."""
        web = self._environment(self.primary.address("app", port=self.pool_port), "app")
        work = self._environment(self.primary.address("worker", port=self.pool_port), "worker")
        address = self.primary.address("app", port=self.replica_pool_port)
        replica = self._private(self.secrets / "replica_url", address)
        gunicorn = [GUNICORN, "-c", str(DEPLOY / "gunicorn.conf.py"), "biologidex.config.wsgi"]
        for number, port in enumerate(self._web_ports, 1):
            environment = {**web, "PORT": str(port), "BIOLOGIDEX_REPLICA_URL_FILE": str(replica)}
            self._add(f"web-{number}", gunicorn, _answers(f"http://127.0.0.1:{port}/ready/"), environment)
        streams = [GUNICORN, "-c", str(DEPLOY / "gunicorn.live.conf.py"), "biologidex.config.asgi"]
        is_ready = _answers(f"http://127.0.0.1:{self._live_port}/ready/")
        self._add("live", streams, is_ready, {**web, "PORT": str(self._live_port)})
        self._add("worker", [COMMAND, "worker"], self._a_worker_is_alive, work)
        self._add("beat", [COMMAND, "beat"], lambda: True, work)

    def _start_server(self) -> None:
        self.tell_server()
        for name in ("web-1", "web-2", "live", "worker", "beat"):
            self.parts[name].launch()
        for name in ("web-1", "web-2", "live", "worker", "beat"):
            self.parts[name].wait()

    def _a_worker_is_alive(self) -> bool:
        with suppress(httpx.HTTPError):
            deep = httpx.get(f"{self.direct_address}/api/v1/health/", timeout=5)
            return deep.json()["checks"]["celery"] == "ok"
        return False

    def _start_nginx(self) -> None:
        self.add_nginx("nginx", self.port, **self.nginx_values)

    def add_nginx(
        self,
        name: str,
        port: int,
        *,
        upstream: Sequence[int] = (),
        admin_from: str = "127.0.0.1",
        **changed: object,
    ) -> Program:
        """Start an nginx on this port, with other instances behind it or other values in its template."""
        place = self.folder / name
        place.mkdir(exist_ok=True)
        values = {
            "NGINX_USER": getpass.getuser(),
            "NGINX_FOLDER": place,
            "NGINX_RUN": place,
            "NGINX_MIME_TYPES": "/etc/nginx/mime.types",
            "NGINX_ACCESS_LOG": place / "access.log",
            "NGINX_LISTEN": f"127.0.0.1:{port}",
            "SERVER_NAMES": "127.0.0.1 localhost",
            "ADMIN_HOST": ADMIN_HOST,
            "STATIC_ROOT": self.data / "static",
            "MEDIA_ROOT": self.data / "media",
            "MAX_UPLOAD_MB": 25,
            "MAX_BODY_MB": 26,
            "RATE_API": UNLIMITED,
            "RATE_UPLOAD": UNLIMITED,
            "BURST_API": 100,
            "BURST_UPLOAD": 20,
            "CONNECTIONS": 1000,
            "STREAMS": 1000,
            "PERMISSIONS_POLICY": policy.PERMISSIONS,
            "TRUSTED_PROXY": BELIEVED_PROXY,
            "REAL_IP_HEADER": "X-Forwarded-For",
            **changed,
        }
        encrypted = ["tls.conf"] if "TLS_CERTIFICATE" in values else []
        for file in ("nginx.conf", "headers.conf", "proxy.conf", "real_ip.conf", *encrypted):
            (place / file).write_text(rendered(f"nginx/{file}", values), encoding="utf-8")
        instances = "".join(
            f"server 127.0.0.1:{one} max_fails=1 fail_timeout=2s;\n" for one in upstream or self._web_ports
        )
        (place / "upstream.conf").write_text(instances, encoding="utf-8")
        (place / "admin_from.conf").write_text(f"allow {admin_from};\n", encoding="utf-8")
        live = f"server 127.0.0.1:{self._live_port} max_fails=0;\n"
        (place / "upstream_live.conf").write_text(live, encoding="utf-8")
        command = [_program("nginx"), "-c", str(place / "nginx.conf"), "-p", str(place), "-e", "stderr"]
        program = self._add(name, command, listens(port))
        program.start()
        return program

    @contextmanager
    def another_nginx(self, name: str, **how: Any) -> Iterator[str]:
        """Run a second nginx for the length of a block. Gives its address."""
        port = free_port()
        program = self.add_nginx(name, port, **how)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            program.stop()
            del self.parts[name]

    # --- what each part is told ----------------------------------------------------------------

    def _environment(self, database: str, role: str) -> dict[str, str]:
        files = {
            "DATABASE_URL": self._private(self.secrets / f"database_url_{role}", database),
            "CACHE_URL": self._private(self.secrets / "cache_url", self.cache.address),
            "BROKER_URL": self._private(self.secrets / "broker_url", self.broker.address),
            "METRICS_TOKEN": self._private(self.secrets / "metrics_token", self.metrics_token),
            "SECRET_KEY": self._private(self.secrets / "secret_key", self.signing_keys[0]),
            "SECRET_KEY_FALLBACKS": self._private(
                self.secrets / "fallbacks", ",".join(self.signing_keys[1:])
            ),
        }
        return environment_of(
            self.data,
            **{f"BIOLOGIDEX_{name}_FILE": str(file) for name, file in files.items()},
            BIOLOGIDEX_SITE_URL=self.address,
            BIOLOGIDEX_ADMIN_HOST=ADMIN_HOST,
            BIOLOGIDEX_JOBS_BACKEND="celery",
            BIOLOGIDEX_HANDOVER_PATH="/protected/",
            BIOLOGIDEX_METRICS_DIR=str(self.folder / "metrics"),
            BIOLOGIDEX_TRUSTED_PROXIES="127.0.0.1",
            BIOLOGIDEX_LOG_FORMAT="json",
            **UNHELD,
        )

    @staticmethod
    def _private(file: Path, text: str) -> Path:
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
        return file

    def _add(
        self,
        name: str,
        command: list[str],
        is_ready: Callable[[], bool],
        environment: dict[str, str] | None = None,
    ) -> Program:
        if name in self.parts:  # and runs: this is for its next start
            self.parts[name].environment = environment or dict(os.environ)
        else:
            log = self.folder / f"{name}.log"
            self.parts[name] = Program(name, command, log, is_ready, environment or dict(os.environ))
        return self.parts[name]

    # --- while it runs ------------------------------------------------------------------------

    @contextmanager
    def kept_alive(self) -> Iterator[None]:
        """Start again whatever ends, as systemd or a container host does, for the length of a block."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.5):
                for program in list(self.parts.values()):
                    if not program.is_running and not program.is_handled:
                        program.launch()
                for redis in (self.broker, self.cache):
                    if not redis.is_running:
                        redis.start()

        watcher = threading.Thread(target=watch, name="keeps alive", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join(60)

    def wait_until_healthy(self, *, patience: float) -> None:
        """Wait until every part does its work, or raise with those that do not."""
        end = time.monotonic() + patience
        while ill := self._ill():
            if time.monotonic() > end:
                raise RuntimeError(f"Not healthy after {patience:.0f} s: {', '.join(ill)}")
            time.sleep(0.2)

    def _ill(self) -> list[str]:
        ended = [name for name, program in self.parts.items() if not program.is_running]
        if ended:
            return ended
        questions = {
            "web-1": _answers(f"http://127.0.0.1:{self._web_ports[0]}/ready/"),
            "web-2": _answers(f"http://127.0.0.1:{self._web_ports[1]}/ready/"),
            "live": _answers(f"http://127.0.0.1:{self._live_port}/ready/"),
            "nginx": _answers(f"{self.address}/ready/"),
            "worker": self._a_worker_is_alive,
            "replica": self._replica_follows,
        }
        return [name for name, is_well in questions.items() if not is_well()]

    def _replica_follows(self) -> bool:
        with suppress(psycopg.Error):
            return self.primary.ask("monitor", "SELECT state FROM pg_stat_replication") == [("streaming",)]
        return False

    def freeze(self, name: str) -> None:
        """Let every process of a part hang: it takes connections and answers nothing."""
        self.parts[name].signal_all(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let it go on."""
        self.parts[name].signal_all(signal.SIGCONT)

    def faults(self) -> list[str]:
        """Return what the logs of the server tell of every fault of its own."""
        logs = [part.log for name, part in self.parts.items() if name.startswith("web")]
        lines = [
            line for log in logs for line in log.read_text(encoding="utf-8", errors="replace").splitlines()
        ]
        return [line.replace("\\n", "\n") for line in lines if '"Internal Server Error' in line]

    # --- ending --------------------------------------------------------------------------------

    def stop(self) -> None:
        """End everything, the front door first."""
        for program in reversed(self.parts.values()):
            program.stop()
        for redis in (getattr(self, "broker", None), getattr(self, "cache", None)):
            if redis is not None:
                redis.stop()


def _program(name: str) -> str:
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        raise RuntimeError(f"{name} is not installed.")
    return found


def _answers(address: str) -> Callable[[], bool]:
    def ask() -> bool:
        try:
            return httpx.get(address, timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    return ask


@contextmanager
def whole_stack(folder: Path, *, say: Say = lambda _: None, **options: object) -> Iterator[Stack]:
    """Run everything for the length of a block."""
    stack = Stack(folder, **options)  # type: ignore[arg-type]
    try:
        stack.start(say)
        yield stack
    finally:
        stack.stop()
