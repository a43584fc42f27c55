"""podman as the container engine of the drills, in a folder of its own, told to behave as Docker does.

Images stay there from one run to the next; containers, networks and volumes do not. `python engine.py FOLDER` removes
all of it.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self

CONTAINERS = """
[containers]
# Soft and hard are equal: podman 4.3 takes one for the other.
default_ulimits = ["nofile=16384:16384", "nproc=16384:16384"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
network_config_dir = "{folder}/networks"
"""
STORAGE = """
[storage]
driver = "overlay"
graphroot = "{folder}/storage"
runroot = "{folder}/run"
"""
TOP = Path(__file__).parents[3]
PINNED = re.compile(r"(\w+_IMAGE)(?:=|:-)([\w./:-]+)@sha256:")
NEEDED = ("podman", "runc", "debootstrap", "iptables", "docker")


def missing() -> list[str]:
    """Return the programs that are not installed."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    needed = [name for name in NEEDED if shutil.which(name, path=path) is None]
    return needed + ([] if compose_program() else ["docker-compose"])


def compose_program() -> str | None:
    """Return where Compose is: a package of Python brings it."""
    beside = Path(sys.executable).parent / "docker-compose"
    return str(beside) if beside.exists() else shutil.which("docker-compose")


def stand_ins() -> dict[str, str]:
    """Return by which names a machine without a registry has what is pinned by its digest, by their variables."""
    files = ("Dockerfile", "deploy/images/Dockerfile", "deploy/compose.production.yaml")
    texts = [(TOP / file).read_text(encoding="utf-8") for file in files]
    return {name: image for text in texts for name, image in PINNED.findall(text)}


def held(folder: Path) -> int:
    """Keep everybody else off the folder, its networks and what runs in it, until the number returned is closed."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder.with_name(f"{folder.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


class Engine:
    """Runs podman's service for the length of a block, and looks after health, which podman leaves to systemd."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BIOLOGIDEX_")},
            "CONTAINERS_CONF": str(folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
            **stand_ins(),
            "BUILDAH_FORMAT": "docker",  # another one drops health checks
            "DOCKER_HOST": f"unix://{folder}/podman.sock",
            "DOCKER_CONFIG": str(folder / "docker"),
            "PATH": f"{os.environ['PATH']}:/usr/sbin",
        }
        self._over = threading.Event()

    def __enter__(self) -> Self:
        """Start, as soon as no other run is at work here."""
        self._lock = held(self.folder)
        plugins = self.folder / "docker" / "cli-plugins"
        plugins.mkdir(parents=True, exist_ok=True)
        for name, text in (("containers.conf", CONTAINERS), ("storage.conf", STORAGE)):
            (self.folder / name).write_text(text.format(folder=self.folder))
        (self.folder / "docker" / "config.json").write_text("{}")
        (plugins / "docker-compose").unlink(missing_ok=True)
        (plugins / "docker-compose").symlink_to(compose_program() or "")
        self.sweep()
        with (self.folder / "service.log").open("wb") as log:
            self._service = subprocess.Popen(
                ["podman", "system", "service", "--time=0", self.environment["DOCKER_HOST"]],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        self._doctor = threading.Thread(target=self._look_after_health, daemon=True)
        self._doctor.start()
        while not (self.folder / "podman.sock").exists():
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        """Remove everything but images, and end."""
        self._over.set()
        self._doctor.join(60)
        self._service.terminate()
        self._service.wait(30)
        self.sweep()
        os.close(self._lock)

    def run(self, *command: str, check: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command of this engine and return what it says."""
        done = subprocess.run(
            command, env={**self.environment, **more}, check=False, capture_output=True, text=True
        )
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(command)}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
        return done

    def ask(self, *command: str) -> str:
        """Return what podman says."""
        return self.run("podman", *command).stdout.strip()

    def sweep(self) -> None:
        """Remove containers, networks and volumes."""
        (self.folder / "podman.sock").unlink(missing_ok=True)
        for words in (("rm", "-fa", "-t", "0"), ("network", "prune", "-f"), ("volume", "prune", "-f")):
            self.run("podman", *words, check=False)

    def has(self, image: str) -> bool:
        """Whether there is an image of this name."""
        return self.run("podman", "image", "exists", image, check=False).returncode == 0

    def _look_after_health(self) -> None:
        """Ask each container how it is, now and then: podman has systemd do that, and there is none in here."""
        while not self._over.wait(2):
            for container in self.run("podman", "ps", "-q", check=False).stdout.split():
                self.run("timeout", "10", "podman", "healthcheck", "run", container, check=False)


if __name__ == "__main__":
    place = Path(sys.argv[1])
    held(place)
    Engine(place).sweep()
    Engine(place).run("podman", "rmi", "-fa", check=False)
    subprocess.run(["umount", str(place / "storage" / "overlay")], check=False, capture_output=True)
    shutil.rmtree(place, ignore_errors=True)
