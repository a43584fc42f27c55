"""PostgreSQL servers made from the very files that ship, deploy/postgres: a primary and its streaming replica."""

import getpass
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from running import free_port
from stack.postgres import binaries
from stack.programs import DEPLOY, Program, as_unprivileged, give_away, rendered

SHIPPED = DEPLOY / "postgres"
ROLES = ("owner", "app", "worker", "readonly", "monitor", "backup", "replicator")
# The system's files are cached while the machine runs: only a power cut would show the difference, and it is faster.
FAST = ["-c", "fsync=off"]


class Cluster:
    """A server, with the folder it lives in and the passwords its roles were given."""

    def __init__(self, folder: Path, *, name: str = "primary", port: int | None = None) -> None:
        programs = binaries()
        if programs is None:
            raise RuntimeError("PostgreSQL is not installed: apt install postgresql")
        self.programs = programs
        self.folder = folder
        self.port = port or free_port()
        self.passwords = {role: secrets.token_urlsafe(24) for role in ROLES}
        self.data = folder / "data"
        config = f"config_file={folder / 'postgresql.conf'}"
        self.program = Program(
            name,
            as_unprivileged([programs / "postgres", "-D", self.data, "-c", config, *FAST]),
            folder / "log",
            self._is_ready,
            stop_signal=signal.SIGINT,  # fast: sessions are ended, not waited for
        )

    def _is_ready(self) -> bool:
        ask = [str(self.programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ask, check=False).returncode == 0

    @property
    def log(self) -> str:
        """What the server has logged."""
        return self.program.log.read_text(encoding="utf-8")

    def initialise(self) -> None:
        """Make an empty cluster with the shipped configuration."""
        self.folder.mkdir(parents=True, exist_ok=True)
        give_away(self.folder)
        how = ["-U", "postgres", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256"]
        password = self.folder / "administrator"
        password.write_text(secrets.token_urlsafe(24), encoding="ascii")
        command = [self.programs / "initdb", "-D", self.data, *how, f"--pwfile={password}"]
        subprocess.run(as_unprivileged(command), check=True, stdout=subprocess.DEVNULL)
        self._configure()

    def _configure(self) -> None:
        hba = (SHIPPED / "pg_hba.conf").read_text(encoding="utf-8")
        if (
            os.geteuid() != 0
        ):  # the one who runs the server is its administrator, whatever they are called here
            hba = hba.replace("peer\n", "peer map=tests\n", 1)
            (self.data / "pg_ident.conf").write_text(
                f"tests {getpass.getuser()} postgres\n", encoding="utf-8"
            )
        values = {
            "POSTGRES_LISTEN": "127.0.0.1",
            "POSTGRES_PORT": self.port,
            "POSTGRES_SOCKETS": self.folder,
            "POSTGRES_HBA": self.folder / "pg_hba.conf",
        }
        (self.folder / "pg_hba.conf").write_text(hba, encoding="utf-8")
        (self.folder / "postgresql.conf").write_text(
            rendered("postgres/postgresql.conf", values), encoding="utf-8"
        )

    def follow(self, primary: "Cluster") -> None:
        """Become a streaming replica of another server: copy it, and go on with what it writes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        give_away(self.folder)
        self.passwords = primary.passwords
        password = self.folder / "replicator"
        password.write_text(f"127.0.0.1:{primary.port}:*:*:{primary.passwords['replicator']}\n", "ascii")
        password.chmod(0o600)
        give_away(password)
        copy = [
            *("env", f"PGPASSFILE={password}", self.programs / "pg_basebackup", "--write-recovery-conf"),
            *("--create-slot", f"--slot={self.program.name}", "--checkpoint=fast", "--wal-method=stream"),
            *("-h", "127.0.0.1", "-p", str(primary.port), "-U", "biologidex_replicator", "-D", self.data),
        ]
        subprocess.run(as_unprivileged(copy), check=True)
        self._configure()

    def make_roles(self, **passwords: str) -> subprocess.CompletedProcess[str]:
        """Run roles.sql as the administrator; `passwords` stand for the usual ones. Says what psql said."""
        folder = self.folder / "secrets"
        folder.mkdir(exist_ok=True)
        for role, password in {**self.passwords, **passwords}.items():
            (folder / f"biologidex_{role}_password").write_text(password + "\n", encoding="ascii")
        options = ["-h", str(self.folder), "-p", str(self.port), "-U", "postgres", "-d", "postgres"]
        command = as_unprivileged(["env", f"ROLE_PASSWORDS={folder}", "psql", "-X", *options, "-f", "-"])
        script = (SHIPPED / "roles.sql").read_text(encoding="utf-8")  # read as `make-roles -` reads it
        return subprocess.run(command, input=script, check=False, capture_output=True, text=True)

    def administrate(self, statement: str) -> str:
        """Run a statement as the administrator. Returns what psql printed."""
        options = ["-h", str(self.folder), "-p", str(self.port), "-U", "postgres", "-d", "biologidex"]
        command = as_unprivileged(["psql", "-XAtq", *options, "-c", statement])
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def end_sessions(self) -> None:
        """Cut every connection but those of replicas."""
        self.administrate(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "  # and wait until it is gone
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )

    def address(self, role: str, *, port: int | None = None, database: str = "biologidex") -> str:
        """Return the address of the database for one of ROLES, through a pool if its port is given."""
        return f"postgres://biologidex_{role}:{self.passwords[role]}@127.0.0.1:{port or self.port}/{database}"

    def connect(self, role: str, **options: Any) -> psycopg.Connection[Any]:
        """Connect as one of ROLES, with its password, as a program on this machine would."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            dbname="biologidex",
            user=f"biologidex_{role}",
            password=self.passwords[role],
            autocommit=True,
            **options,
        )

    def ask(self, role: str, statement: str, *values: Any, **options: Any) -> list[Any]:
        """Return the rows of one statement, its values bound by the server."""
        with self.connect(role, **options) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def cluster(*, tuned: str = "") -> Iterator[Cluster]:
    """Run a server in a folder and on a port of its own for the length of a block, with what `tune` printed."""
    folder = Path(tempfile.mkdtemp(prefix="biologidex-cluster-"))
    server = Cluster(folder)
    try:
        server.initialise()
        if tuned:
            (folder / "conf.d").mkdir()
            (folder / "conf.d" / "tuned.conf").write_text(tuned, encoding="utf-8")
        server.program.start()
        yield server
    finally:
        server.program.stop()
        shutil.rmtree(folder, ignore_errors=True)
