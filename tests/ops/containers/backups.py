"""Backups of an installation, set up as docs/backup.md says."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pyrage

from ops.containers.installation import Installation


def away(installation: Installation) -> Path:
    """Return the folder that plays another machine's."""
    return installation.engine.folder / "away"


def identity(installation: Installation) -> Path:
    """Return the operator's private key, which no server has."""
    return installation.engine.folder / "operator.key"


def public_key(installation: Installation) -> str:
    """Return the key that the server is given."""
    return str(pyrage.x25519.Identity.from_str(identity(installation).read_text().strip()).to_public())


def new_key(installation: Installation) -> str:
    """Make a private key. Returns the public one."""
    identity(installation).write_text(f"{pyrage.x25519.Identity.generate()}\n")
    return public_key(installation)


def status(installation: Installation) -> dict[str, Any]:
    """Return how backups stand, from the file that the web server reads."""
    file = "/var/lib/biologidex/backup/backup-status.json"
    told = installation.script("compose.sh", "exec", "-T", f"web-{installation.open_side}-1", "cat", file)
    return json.loads(told.stdout) if told.returncode == 0 else {}


def wait_for_the_first(installation: Installation, *, since: float, patience: float = 300) -> None:
    """Wait for the first backup at a new place, which is made and tried out at once."""
    end = time.monotonic() + patience
    while status(installation).get("drill", {}).get("verified", 0.0) < since:
        assert time.monotonic() < end, installation.compose("--profile", "backup", "logs", "backup", "db")
        time.sleep(2)


def set_up(installation: Installation) -> None:
    """Back up to the folder, which is empty."""
    place, since = away(installation), time.time()
    for left in place.iterdir() if place.exists() else ():  # itself it stays: containers have it mounted
        shutil.rmtree(left)
    told = installation.script("setup-backups.sh", new_key(installation), str(place))
    assert told.returncode == 0, told.stderr
    wait_for_the_first(installation, since=since)


def photos_may_come(installation: Installation) -> bool:
    """Whether the server may write into the folder of photos."""
    test = ("test", "-w", "/var/lib/biologidex/media")
    return installation.script("compose.sh", "exec", f"web-{installation.open_side}-1", *test).returncode == 0


def lose_everything(installation: Installation) -> None:
    """Begin anew as on a new machine: nothing is left but images, and what is elsewhere."""
    profiles = ("--profile", "backup", "--profile", "restore")
    installation.compose(*profiles, "down", "--volumes", "--timeout", "10")
    installation.engine.run("podman", "volume", "prune", "-f")
    shutil.rmtree(installation.etc)
    assert installation.set_up("--no-start").returncode == 0
    installation.let_crowds_in()
