"""A PostgreSQL on another machine, as an address with `sslmode=verify-full` reaches it."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import ConnectionHandler, OperationalError

from biologidex.config import databases
from stack.cluster import Cluster, cluster
from stack.postgres import binaries
from stack.programs import give_away

pytestmark = pytest.mark.skipif(binaries() is None, reason="apt install postgresql")


def certificate(folder: Path) -> Path:
    """Make one that vouches for itself, for the loopback address."""
    made = folder / "server.crt"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    files = ["-keyout", str(folder / "server.key"), "-out", str(made)]
    subprocess.run(["openssl", "req", "-x509", *curve, *subject, *files], check=True, capture_output=True)
    return made


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    with cluster() as running:
        running.make_roles()
        certificate(running.data)
        for name in ("server.crt", "server.key"):
            give_away(running.data / name)
        running.administrate("ALTER SYSTEM SET ssl = on")
        running.program.stop()
        running.program.start()
        yield running


def ask(server: Cluster, root: Path, blocker: Any) -> bool:
    """Return whether a connection of the server's own is encrypted."""
    address = f"{server.address('app')}?sslmode=verify-full&sslrootcert={root}"
    connection = ConnectionHandler(databases.of(address, replica=""))["default"]
    with blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        answer = cursor.fetchone()[0]
    with blocker.unblock():
        connection.close()
    return bool(answer)


def test_what_is_said_to_it_is_encrypted(server: Cluster, django_db_blocker: Any) -> None:
    assert ask(server, server.data / "server.crt", django_db_blocker)


def test_nothing_is_said_to_whoever_only_says_to_be_it(
    server: Cluster, tmp_path: Path, django_db_blocker: Any
) -> None:
    with pytest.raises(OperationalError, match="certificate verify failed"):
        ask(server, certificate(tmp_path), django_db_blocker)
