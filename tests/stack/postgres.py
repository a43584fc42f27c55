"""A private PostgreSQL server for as long as one command runs.

    python tests/stack/postgres.py -- python -m pytest

The server lives in a temporary folder, listens on a free port of the loopback address, and is removed afterwards.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FAST = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=128MB",
]  # only for tests


def binaries() -> Path | None:
    """Return the newest installed server's folder of programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    return found[-1].parent if found else None


def _as_server(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root, so root runs it as its own user."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "env", "-C", "/", *command]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(programs: Path, port: int) -> None:
    ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    for _ in range(300):
        if subprocess.run(ready, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not become ready within 30 seconds.")


def _make_owner(programs: Path, port: int) -> None:
    """Make a role that may make databases but that row-level security binds, as it binds the one in production."""
    client = [str(programs / "psql"), "-qX", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres"]
    for statement in ("CREATE ROLE biologidex LOGIN CREATEDB", "CREATE DATABASE biologidex OWNER biologidex"):
        subprocess.run([*client, "-c", statement], check=True)


@contextmanager
def postgres() -> Iterator[str]:
    """Run a server and give the address of its database."""
    programs = binaries()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed: apt install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="biologidex-postgres-"))
    data, port = folder / "data", _free_port()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    init = [
        "-D",
        str(data),
        "-U",
        "postgres",
        "--auth=trust",
        "--no-sync",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
    ]
    try:
        subprocess.run(_as_server([str(programs / "initdb"), *init]), check=True, stdout=subprocess.DEVNULL)
        options = [
            word
            for option in [*FAST, f"port={port}", "listen_addresses=127.0.0.1"]
            for word in ("-c", option)
        ]
        command = _as_server([str(programs / "postgres"), "-D", str(data), "-k", str(folder), *options])
        with (folder / "log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
            try:
                _wait_until_ready(programs, port)
                _make_owner(programs, port)
                yield f"postgres://biologidex@127.0.0.1:{port}/biologidex"
            finally:
                server.terminate()
                server.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run the command after `--` with BIOLOGIDEX_DATABASE_URL set."""
    command = sys.argv[sys.argv.index("--") + 1 :]
    with postgres() as address:
        return subprocess.run(
            command, check=False, env={**os.environ, "BIOLOGIDEX_DATABASE_URL": address}
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
