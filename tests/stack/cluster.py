"""A PostgreSQL server made from the very files that ship: deploy/postgres."""

import getpass
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

import psycopg

from running import free_port
from stack import postgres

SHIPPED = Path(__file__).parents[2] / "deploy" / "postgres"
ROLES = ("owner", "app", "worker", "readonly", "monitor", "backup", "replicator")


@dataclass
class Cluster:
    """A running server, with the folder it lives in and the passwords its roles were given."""

    folder: Path
    port: int
    passwords: dict[str, str] = field(
        default_factory=lambda: {role: secrets.token_urlsafe(24) for role in ROLES}
    )

    @property
    def log(self) -> str:
        """What the server has logged."""
        return (self.folder / "log").read_text(encoding="utf-8")

    def make_roles(self, **passwords: str) -> subprocess.CompletedProcess[str]:
        """Run roles.sql as the administrator; `passwords` stand for the usual ones. Says what psql said."""
        folder = self.folder / "secrets"
        folder.mkdir(exist_ok=True)
        for role, password in {**self.passwords, **passwords}.items():
            (folder / f"biologidex_{role}_password").write_text(password + "\n", encoding="ascii")
        script = shutil.copy(SHIPPED / "roles.sql", self.folder)
        options = ["-h", str(self.folder), "-p", str(self.port), "-U", "postgres", "-d", "postgres"]
        command = postgres._as_server(
            ["env", f"ROLE_PASSWORDS={folder}", "psql", "-X", *options, "-f", script]
        )
        return subprocess.run(command, check=False, capture_output=True, text=True)

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


def _initialise(folder: Path, port: int, programs: Path) -> Path:
    """Make a cluster in `folder`, with the shipped configuration. Returns its data folder."""
    data = folder / "data"
    how = ["-U", "postgres", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256"]
    password = folder / "administrator"
    password.write_text(secrets.token_urlsafe(24), encoding="ascii")
    command = [str(programs / "initdb"), "-D", str(data), *how, f"--pwfile={password}"]
    subprocess.run(postgres._as_server(command), check=True, stdout=subprocess.DEVNULL)
    hba = (SHIPPED / "pg_hba.conf").read_text(encoding="utf-8")
    if os.geteuid() != 0:  # the one who runs the server is its administrator, whatever they are called here
        hba = hba.replace("peer\n", "peer map=tests\n", 1)
        (data / "pg_ident.conf").write_text(f"tests {getpass.getuser()} postgres\n", encoding="utf-8")
    values = {
        "POSTGRES_LISTEN": "127.0.0.1",
        "POSTGRES_PORT": str(port),
        "POSTGRES_SOCKETS": str(folder),
        "POSTGRES_HBA": str(folder / "pg_hba.conf"),
    }
    settings = Template((SHIPPED / "postgresql.conf").read_text(encoding="utf-8")).substitute(values)
    (folder / "pg_hba.conf").write_text(hba, encoding="utf-8")
    (folder / "postgresql.conf").write_text(settings, encoding="utf-8")
    return data


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Run a server in a folder and on a port of its own for the length of a block."""
    programs = postgres.binaries()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed: apt install postgresql")
    folder, port = Path(tempfile.mkdtemp(prefix="biologidex-cluster-")), free_port()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = _initialise(folder, port, programs)
    config = f"config_file={folder / 'postgresql.conf'}"
    command = [str(programs / "postgres"), "-D", str(data), "-c", config, "-c", "fsync=off"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(postgres._as_server(command), stdout=log, stderr=log)
        try:
            postgres._wait_until_ready(programs, port)
            yield Cluster(folder, port)
        finally:
            server.terminate()
            server.wait(20)
            shutil.rmtree(folder, ignore_errors=True)
