"""A bare Debian 12 becomes a server, as docs/deploy.md tells it: one command, and nothing was there before.

It is a container of the base image alone, with the engine's socket in it: systemd and an engine of its own cannot run
there. Everything else is done for real: packages are installed, images are built without any layer of before.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from client import Person
from ops.containers import report
from ops.containers.engine import stand_ins
from ops.containers.installation import TOP, Installation
from running import free_port

pytestmark = [pytest.mark.ops, pytest.mark.timeout(1800)]
MOST_SECONDS = 600
BASE = "docker.io/library/debian:bookworm-slim"
NOTHING_OF_BEFORE = (
    '#!/bin/sh\n[ "$1" != build ] || { shift && set -- build --no-cache "$@"; }\nexec docker "$@"\n'
)


class Bare:
    """A machine on which nobody has done anything yet but to clone the project."""

    def __init__(self, installation: Installation) -> None:
        self.engine = installation.engine
        self.place = self.engine.folder / "bare"
        self.clone, self.etc = self.place / "biologidex", self.place / "etc"
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"

    def begin(self) -> None:
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir()
        subprocess.run(["git", "clone", "-q", "--no-hardlinks", TOP, self.clone], check=True)
        builder = self.place / "docker"
        builder.write_text(NOTHING_OF_BEFORE)
        builder.chmod(0o755)
        told = {
            "BIOLOGIDEX_ETC": self.etc,
            "COMPOSE_MORE": self.clone / "tests/ops/containers/compose.podman.yaml",
            "DOCKER": builder,
            "DOCKER_HOST": self.engine.environment["DOCKER_HOST"],
            "HTTP_PORT": self.port,
            **stand_ins(),
            # How this network reaches the index of packages.
            **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
        }
        environment = [word for name, value in told.items() for word in ("-e", f"{name}={value}")]
        where = [
            "-v",
            f"{self.engine.folder}:{self.engine.folder}",
            "-w",
            str(self.clone),
            "--network",
            "host",
        ]
        self.engine.ask("run", "-d", "--name", "bare", *where, *environment, BASE, "sleep", "infinity")

    def set_up(self) -> subprocess.CompletedProcess[str]:
        words = ("sh", "scripts/setup.sh", "--loopback", "--no-firewall")
        return self.engine.run("podman", "exec", "bare", *words, check=False)

    def files(self) -> dict[Path, bytes]:
        files = [one for one in self.etc.rglob("*") if one.is_file() and one.suffix not in {".lock", ".log"}]
        return {one: one.read_bytes() for one in files}

    def end(self) -> None:
        self.engine.ask("rm", "-fa", "-t", "10")
        self.engine.run("podman", "network", "prune", "-f")
        self.engine.run("podman", "volume", "prune", "-f")
        shutil.rmtree(self.place)


@contextmanager
def out_of_the_way(installation: Installation) -> Iterator[None]:
    """Take the installation of all drills down for the length of a block: both want the same networks."""
    installation.compose("down", "--volumes", "--timeout", "10")
    before = set(images(installation))
    try:
        yield
    finally:
        for made in set(images(installation)) - before:
            installation.engine.run("podman", "rmi", "-f", made)
        told = installation.set_up()
    assert told.returncode == 0, told.stdout + told.stderr


def images(installation: Installation) -> list[str]:
    """Return the names of the images that there are."""
    return installation.engine.ask("images", "--format", "{{.Repository}}:{{.Tag}}").split()


@pytest.fixture
def bare(installation: Installation) -> Iterator[Bare]:
    with out_of_the_way(installation):
        machine = Bare(installation)
        machine.begin()
        yield machine
        machine.end()


def test_it_lets_somebody_sign_in_within_ten_minutes_and_the_same_command_again_changes_nothing(
    bare: Bare,
) -> None:
    begun = time.monotonic()
    told = bare.set_up()
    assert told.returncode == 0, told.stdout + told.stderr
    with Person(bare.address).sign_up() as ann:
        took = time.monotonic() - begun
        report.note(
            "up", "A bare Debian: from `setup.sh` to the first sign-in, all built anew", f"{took:.0f} s"
        )
        assert ann.get("dex/entries/my_entries/")["results"] == []
    assert took <= MOST_SECONDS
    files = bare.files()

    again = bare.set_up()

    assert again.returncode == 0, again.stdout + again.stderr
    assert "is already open" in again.stdout
    assert "Installing" not in again.stdout
    assert "Building" not in again.stdout
    assert bare.files() == files
