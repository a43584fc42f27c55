"""A PostgreSQL of our own on restored files: nobody else can reach it, and it archives nothing."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from biologidex.ops.backup.errors import BackupFailed, Damaged
from biologidex.ops.backup.programs import Account, Program

PATIENCE = 1800  # seconds that recovery may take: as long as a restore may altogether
PORT = 5432  # of a socket file in a folder of its own: it cannot be anybody else's
TOO_LATE = "recovery ended before configured recovery target"
WORST = ("PANIC", "FATAL", "ERROR")


class Recovered:
    """A server that has recovered. Its administrator comes by a socket that only they can reach."""

    def __init__(self, sockets: Path, log: Path) -> None:
        self._sockets, self._log = sockets, log

    def connect(self, database: str, user: str = "postgres") -> psycopg.Connection[Any]:
        """Connect."""
        return psycopg.connect(
            host=str(self._sockets), port=PORT, dbname=database, user=user, autocommit=True, connect_timeout=5
        )

    def address(self, database: str, user: str) -> str:
        """Return the address of the database as settings have it. It needs no password."""
        return f"postgres://{user}@{quote(str(self._sockets), safe='')}:{PORT}/{database}"

    def owner(self, database: str) -> str:
        """Return who owns the database."""
        with self.connect(database) as connection:
            row = connection.execute(
                sql.SQL("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()")
            ).fetchone()
        return str(row[0]) if row else "postgres"

    def is_ready(self) -> bool:
        """Whether it has recovered everything it was asked for."""
        with suppress(psycopg.Error), self.connect("postgres") as connection:
            row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
            return bool(row) and row is not None and not row[0]
        return False

    def told(self) -> str:
        """Return what it said last of what went wrong."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        bad = [line for line in lines if any(word in line for word in WORST)]
        return (bad or lines or ["nothing"])[-1]


@contextmanager
def recovered(data: Path, work: Path, account: Account, *, lasting: bool) -> Iterator[Recovered]:
    """Let a server recover what was restored, for the length of a block.

    `lasting` is for what will be used: written for good, and what it writes is archived as soon as there is a command
    for that. Without, it is for looking at.
    """
    sockets = work / "s"
    sockets.mkdir(mode=0o700)
    (work / "hba").write_text("local all all trust\n", encoding="ascii")
    (work / "postgresql.conf").write_text(_configuration(work, sockets, lasting=lasting), encoding="utf-8")
    log = work / "postgres.log"
    log.touch()
    account.own(sockets, work / "hba", work / "postgresql.conf")
    server = _start(data, work, account, log)
    try:
        found = Recovered(sockets, log)
        _wait(server, found)
        yield found
    finally:
        _stop(server)


def _configuration(work: Path, sockets: Path, *, lasting: bool) -> str:
    return "\n".join(
        [
            "listen_addresses = ''",
            f"unix_socket_directories = '{sockets}'",
            f"port = {PORT}",
            f"hba_file = '{work / 'hba'}'",
            "hot_standby = off",
            "shared_buffers = 128MB",
            "max_connections = 20",
            # Without a command what is to be archived waits for the server that has one.
            f"archive_mode = {'on' if lasting else 'off'}",
            "archive_command = ''",
            f"fsync = {'on' if lasting else 'off'}",
            "logging_collector = off",
            "log_destination = 'stderr'",
            "log_min_error_statement = panic",
            "log_error_verbosity = terse",
            "timezone = 'UTC'",
            "",
        ]
    )


def _start(data: Path, work: Path, account: Account, log: Path) -> subprocess.Popen[bytes]:
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name))
    version = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    fitting = [one for one in programs if one.parent.name == version]
    program = Program(str(fitting[0] / "postgres") if fitting else "postgres", account=account)
    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603 -- PostgreSQL itself
            [program.command(), "-D", str(data), "-c", f"config_file={work / 'postgresql.conf'}"],
            stdout=out,
            stderr=out,
            cwd="/",
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            user=account.uid,
            group=account.gid,
            extra_groups=[] if account.uid is not None else None,
            start_new_session=True,
        )


def _wait(server: subprocess.Popen[bytes], found: Recovered) -> None:
    end = time.monotonic() + PATIENCE
    while not found.is_ready():
        if server.poll() is not None:
            raise Damaged(f"PostgreSQL cannot recover what was restored: {found.told()}")
        if time.monotonic() > end:
            raise BackupFailed(f"PostgreSQL has not recovered in {PATIENCE} s: {found.told()}")
        time.sleep(0.1)


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGINT)  # fast: nobody else is connected
        try:
            server.wait(120)
        except subprocess.TimeoutExpired:
            os.kill(server.pid, signal.SIGKILL)
            server.wait()
