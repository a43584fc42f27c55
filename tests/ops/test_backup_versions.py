"""Versions that restic keeps: when each was made, and at which places."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from biologidex.ops.backup import envelope, plan, postgres
from biologidex.ops.backup.errors import BackupFailed
from biologidex.ops.backup.restic import Repository
from ops.small import use

WITH_RESTIC = pytest.mark.skipif(shutil.which("restic") is None, reason="apt install restic")
PASSWORD = "of-this-test"  # pragma: allowlist secret


@WITH_RESTIC
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Lima"])
def test_a_version_is_of_when_it_was_made_wherever_the_machine_thinks_it_is(
    tmp_path: Path, zone: str
) -> None:
    photos = Repository(
        plan.Place("folder", folder=str(tmp_path)), "photos", password=PASSWORD, cache=tmp_path
    )
    photos._program.environment["TZ"] = zone
    photos.make_ready()

    photos.keep_file("heron.jpg", b"a heron")

    made = photos.versions()[0][0]
    assert abs(datetime.now(UTC) - made) < timedelta(minutes=5)


def test_secrets_get_to_every_place_that_takes_them(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    use(settings, here=tmp_path / "full", off_site=plan.Place("folder", folder="/mnt/nas"))
    kept = list[str]()

    class Envelopes:
        def __init__(self, place: plan.Place) -> None:
            self.folder = place.folder

        def unlock(self) -> None: ...
        def forget(self, *, days: int) -> None: ...

        def keep_file(self, name: str, content: bytes) -> None:
            if self.folder.endswith("full"):
                raise BackupFailed("The place for backups is full.")
            kept.append(self.folder)

    monkeypatch.setattr(postgres, "envelopes", Envelopes)
    monkeypatch.setattr(envelope, "seal", lambda *_: b"sealed")

    with pytest.raises(BackupFailed, match="here: The place for backups is full"):
        postgres._secrets()

    assert kept == ["/mnt/nas"]
