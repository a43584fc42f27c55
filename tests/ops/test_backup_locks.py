"""The lock of somebody who was killed keeps nobody from reading what was backed up."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from biologidex.ops.backup.errors import BackupFailed
from biologidex.ops.backup.plan import Place
from biologidex.ops.backup.restic import Repository

pytestmark = pytest.mark.skipif(shutil.which("restic") is None, reason="apt install restic")
PASSWORD = "of-this-test"  # pragma: allowlist secret


def leave_a_lock(place: Path) -> None:
    """Kill restic while it has the repository for itself."""
    environment = {**os.environ, "RESTIC_PASSWORD": PASSWORD, "RESTIC_CACHE_DIR": str(place)}
    command = ["restic", "--repo", str(place / "photos"), "check"]
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    while not list((place / "photos" / "locks").glob("[0-9a-f]" * 64)):
        assert running.poll() is None
        time.sleep(0.001)
    running.send_signal(signal.SIGKILL)  # it waits 200 ms for others after it has put its lock there
    running.wait(10)


def test_what_is_there_is_read_and_what_would_be_written_waits(tmp_path: Path) -> None:
    photos = Repository(Place("folder", folder=str(tmp_path)), "photos", password=PASSWORD, cache=tmp_path)
    photos.make_ready()
    photos.keep_file("heron.jpg", b"a heron")

    leave_a_lock(tmp_path)

    version = photos.versions()[0][1]
    photos.make_ready()
    photos.bring_back(version, tmp_path / "back")
    photos.verify()
    assert (tmp_path / "back" / "heron.jpg").read_bytes() == b"a heron"
    assert photos.file(version, "heron.jpg") == b"a heron"
    with pytest.raises(BackupFailed, match="lock"):
        photos.forget(days=1)
    photos.unlock()
    photos.forget(days=1)
