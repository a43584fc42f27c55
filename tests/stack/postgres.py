"""A private PostgreSQL server for as long as one command runs, behind a pgBouncer with a pool of one if that is there.

    python tests/stack/postgres.py -- python -m pytest

A pool of one finds whoever leaves something behind on a connection, or counts on finding it there. The servers live
in a temporary folder, listen on free ports of the loopback address, and are removed afterwards. `--no-pool` goes to
PostgreSQL itself.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # pytest does this for the tests

from running import free_port
from stack.programs import Program, as_unprivileged, give_away, listens, rendered

FAST = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=128MB",
    "random_page_cost=1.1",  # as deploy/postgres has it: plans depend on it
]  # only for tests
OPEN = """
; --- For tests: nobody is asked who they are, and nothing is in reserve ---
auth_type = any
reserve_pool_size = 0
"""


def binaries() -> Path | None:
    """Return the newest installed server's folder of programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    return found[-1].parent if found else None


def _make_owner(programs: Path, port: int) -> None:
    """Make a role that may make databases but that row-level security binds, as it binds the one in production."""
    client = [str(programs / "psql"), "-qX", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres"]
    for statement in ("CREATE ROLE biologidex LOGIN CREATEDB", "CREATE DATABASE biologidex OWNER biologidex"):
        subprocess.run([*client, "-c", statement], check=True)


def _server(programs: Path, folder: Path, port: int) -> Program:
    data = folder / "data"
    options = [f"port={port}", "listen_addresses=127.0.0.1", *FAST]
    words = [word for option in options for word in ("-c", option)]
    init = ["-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
    subprocess.run(
        as_unprivileged([programs / "initdb", "-D", data, *init]), check=True, stdout=subprocess.DEVNULL
    )
    ask = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return Program(
        "PostgreSQL",
        as_unprivileged([programs / "postgres", "-D", data, "-k", folder, *words]),
        folder / "log",
        lambda: subprocess.run(ask, check=False).returncode == 0,
        stop_signal=signal.SIGINT,
    )


def _pool(program: str, folder: Path, *, server: int, port: int, size: int) -> Program:
    values = {
        "DB_NAME": "*",
        "DB_HOST": "127.0.0.1",
        "DB_PORT": server,
        "PGBOUNCER_LISTEN": "127.0.0.1",
        "PGBOUNCER_PORT": port,
        "PGBOUNCER_USERS": folder / "users.txt",
        "PGBOUNCER_ADMIN": "biologidex",
        "PGBOUNCER_WAIT": 60,
        "POOL_SIZE": size,
        "POOL_MOST": size,
    }
    shipped = rendered("pgbouncer/pgbouncer.ini", values)
    everything = shipped.replace("dbname=*", "user=biologidex")  # the suite makes databases of its own
    (folder / "users.txt").touch()
    (folder / "pgbouncer.ini").write_text(everything + OPEN, encoding="utf-8")
    give_away(folder / "users.txt", folder / "pgbouncer.ini")
    command = as_unprivileged([program, folder / "pgbouncer.ini"])
    return Program("pgBouncer", command, folder / "pgbouncer.log", listens(port))


@contextmanager
def postgres(*, pool: int = 0) -> Iterator[str]:
    """Run a server and give the address of its database, or of a pool of so many connections in front of it."""
    programs = binaries()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed: apt install postgresql")
    bouncer = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin") if pool else None
    folder = Path(tempfile.mkdtemp(prefix="biologidex-postgres-"))
    give_away(folder)
    port, pool_port = free_port(), free_port()
    running: list[Program] = []
    try:
        running.append(_server(programs, folder, port))
        running[-1].start()
        _make_owner(programs, port)
        if bouncer:
            running.append(_pool(bouncer, folder, server=port, port=pool_port, size=pool))
            running[-1].start()
        yield f"postgres://biologidex@127.0.0.1:{pool_port if bouncer else port}/biologidex"
    finally:
        for program in reversed(running):
            program.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run the command after `--` with BIOLOGIDEX_DATABASE_URL set."""
    options, command = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
    with postgres(pool=0 if "--no-pool" in options else 1) as address:
        # The databases go with the server; the pool still holds connections that would keep pytest from dropping them.
        options_of_pytest = f"{os.environ.get('PYTEST_ADDOPTS', '')} --reuse-db"
        return subprocess.run(
            command,
            check=False,
            env={**os.environ, "BIOLOGIDEX_DATABASE_URL": address, "PYTEST_ADDOPTS": options_of_pytest},
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
