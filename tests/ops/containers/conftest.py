"""What the drills with real containers share: an installation that is up, once for all of them."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.containers import backups, replicas, report
from ops.containers.engine import Engine
from ops.containers.installation import Installation

FOLDER = Path(os.environ.get("OPS_DIR", "/var/tmp/biologidex-ops"))


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """Build the images and start everything, as on a new server."""
    with Engine(FOLDER) as engine:
        made = Installation(engine)
        begun = time.monotonic()
        made.build()
        built = time.monotonic()
        shutil.rmtree(made.etc, ignore_errors=True)  # of a run before
        made.set_up("--no-start")
        made.let_crowds_in()
        told = made.set_up()
        if told.returncode:
            logs = made.compose("logs", "--tail", "20")
            raise RuntimeError(f"{told.stdout}\n{told.stderr}\n{logs}")
        report.note("up", "Images", f"{built - begun:.0f} s")
        report.note("up", "First start", f"{time.monotonic() - built:.0f} s")
        yield made


@pytest.fixture(scope="module")
def backed_up(installation: Installation) -> Iterator[Installation]:
    """Set backups up as docs/backup.md says, and wait for the first night's work, which begins at once."""
    backups.set_up(installation)
    yield installation
    installation.compose("--profile", "backup", "rm", "-fs", "backup")


@pytest.fixture(scope="module")
def with_replica(installation: Installation) -> Iterator[Installation]:
    """Do what docs/deploy.md says about the replica."""
    replicas.turn_on(installation)
    yield installation
    replicas.turn_off(installation)
