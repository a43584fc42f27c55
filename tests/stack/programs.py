"""Servers as ordinary processes: started, waited for, killed, started again."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

DEPLOY = Path(__file__).parents[2] / "deploy"
UNPRIVILEGED = "postgres"  # what refuses to run as root runs as this user; the package of PostgreSQL makes it


def rendered(template: str, values: Mapping[str, object]) -> str:
    """Fill in a template of deploy/. Every name in braces must be among the values."""
    text = Template((DEPLOY / template).read_text(encoding="utf-8"))
    missing = {name for name in text.get_identifiers() if f"${{{name}}}" in text.template} - set(values)
    if missing:
        raise KeyError(f"deploy/{template} wants {', '.join(sorted(missing))} as well.")
    return text.safe_substitute({name: str(value) for name, value in values.items()})


def as_unprivileged(command: Sequence[str | Path]) -> list[str]:
    """Return the command so that it does not run as root."""
    words = [str(word) for word in command]
    if os.geteuid() != 0:
        return words
    change = ["setpriv", f"--reuid={UNPRIVILEGED}", f"--regid={UNPRIVILEGED}", "--clear-groups"]
    return [*change, "env", "-C", "/", *words]


def give_away(*places: Path) -> None:
    """Let the unprivileged user own these."""
    if os.geteuid() == 0:
        for place in places:
            shutil.chown(place, UNPRIVILEGED, UNPRIVILEGED)


def listens(port: int) -> Callable[[], bool]:
    """Return a question: does anybody listen on this port of the loopback address?"""

    def ask() -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return ask


def descendants(pid: int) -> list[int]:
    """Return the processes that a process started, and those that they started."""
    with suppress(FileNotFoundError):
        files = Path(f"/proc/{pid}/task").glob("*/children")
        children = [int(child) for file in files for child in file.read_text().split()]
        return [one for child in children for one in (child, *descendants(child))]
    return []


@dataclass
class Program:
    """One server: how it is started, and how one sees that it is ready."""

    name: str
    command: Sequence[str]
    log: Path
    is_ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    stop_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    is_handled: bool = False  # somebody is just stopping and starting it on purpose

    @property
    def pid(self) -> int:
        """The process that was started."""
        if self.process is None:
            raise RuntimeError(f"{self.name} does not run.")
        return self.process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process is still there."""
        return self.process is not None and self.process.poll() is None

    def start(self, *, patience: float = 60) -> None:
        """Start it and wait until it is ready."""
        self.launch()
        self.wait(patience=patience)

    def launch(self) -> None:
        """Start it without waiting. In a group of its own: what it starts can be ended with it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=dict(self.environment), stdout=log, stderr=log, start_new_session=True
            )

    def wait(self, *, patience: float = 60) -> None:
        """Wait until it is ready, or raise with the end of its log."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if not self.is_running:
                raise RuntimeError(f"{self.name} ended by itself:\n{self.told()}")
            if self.is_ready():
                return
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} did not become ready in {patience:.0f} s:\n{self.told()}")

    def told(self) -> str:
        """Return the end of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]

    def stop(self, *, patience: float = 40) -> None:
        """Ask it to end and wait for that; kill it and whatever it started if it does not."""
        if self.process is None:
            return
        if self.is_running:
            self.process.send_signal(self.stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        self.kill()

    def kill(self) -> None:
        """End it and whatever it started, without any warning."""
        with self.handled():  # or what keeps it alive could start it between its end and its being forgotten
            if self.process is not None:
                with suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(10)
                self.process = None

    def signal_all(self, which: signal.Signals) -> None:
        """Send a signal to the process and whatever it started; PostgreSQL's are in groups of their own."""
        for pid in (self.pid, *descendants(self.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, which)

    def restart(self) -> None:
        """End it as an operator does, and start it again."""
        with self.handled():
            self.stop()
            self.start()

    @contextmanager
    def handled(self) -> Iterator[None]:
        """For the length of a block, let nobody else start it."""
        before, self.is_handled = self.is_handled, True
        try:
            yield
        finally:
            self.is_handled = before
