"""A real server in a process of its own, for tests that go through the front door."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import httpx2 as httpx

COMMAND = str(Path(sys.executable).parent / "biologidex")


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# All people of a test come from one address: what holds nobody's home back would hold them back.
UNHELD = {"BIOLOGIDEX_RATES": "all=0/hour"}


def environment_of(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment in which the product uses this data folder, holds nobody back and is not told more."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BIOLOGIDEX_")}
    return {**kept, **UNHELD, "BIOLOGIDEX_DATA_DIR": str(folder), **more}


class Server:
    """`biologidex serve` on a data folder. Killing it and starting another on the same folder is the point."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self._environment = environment_of(folder, PORT=str(self.port), **environment)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, patience: float = 120) -> Self:
        """Start it and wait until it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [COMMAND, "serve"], env=self._environment, stdout=log, stderr=log
            )
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RuntimeError(f"The server ended by itself:\n{self.log.read_text()}")
            try:
                if httpx.get(f"{self.address}/health/").status_code == 200:
                    return self
            except httpx.TransportError:
                time.sleep(0.05)
        raise RuntimeError(f"The server did not become ready:\n{self.log.read_text()}")

    def run(self, *command: str) -> str:
        """Do on the server what its operator does there. Returns what the command says."""
        done = subprocess.run(
            [COMMAND, *command], env=self._environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    def kill(self) -> None:
        """End it without any warning, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self._end(signal.SIGTERM)

    def memory(self) -> int:
        """Return the resident memory of the server and its helpers, in bytes."""
        if self._process is None:
            return 0
        everyone = [self._process.pid, *_children(self._process.pid)]
        return sum(_resident(pid) for pid in everyone)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task")
    return [int(child) for task in listed.iterdir() for child in (task / "children").read_text().split()]


def _resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS")), 0)


@contextmanager
def server(folder: Path, **environment: str) -> Iterator[Server]:
    """Run a server for the length of a block."""
    running = Server(folder, **environment)
    try:
        yield running.start()
    finally:
        running.stop()
