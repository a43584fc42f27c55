"""Versions that restic keeps: when each was made, and at which places."""

import errno
import shutil
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyrage
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


@WITH_RESTIC
def test_a_version_that_a_wrong_clock_has_put_into_the_future_is_not_the_newest_and_lets_none_be_forgotten(
    tmp_path: Path,
) -> None:
    photos = Repository(
        plan.Place("folder", folder=str(tmp_path)), "photos", password=PASSWORD, cache=tmp_path
    )
    photos.make_ready()
    photos.run("backup", "--stdin", "--stdin-filename=heron.jpg", "--time=2999-01-01 00:00:00", given=b"old")
    photos.keep_file("heron.jpg", b"new")

    with pytest.raises(BackupFailed, match="2999-01-01 00:00:00 UTC"):
        photos.forget(days=30)

    (_, newest), _ = photos.versions()
    assert photos.file(newest, "heron.jpg") == b"new"


@WITH_RESTIC
def test_a_repository_that_another_key_opens_is_told_so_when_it_is_made_ready(tmp_path: Path) -> None:
    place = plan.Place("folder", folder=str(tmp_path))
    Repository(place, "photos", password=PASSWORD, cache=tmp_path).make_ready()

    with pytest.raises(BackupFailed, match="The key of the repository is wrong"):
        Repository(place, "photos", password=PASSWORD[1:], cache=tmp_path).make_ready()


def sealed(folder: Path, key: pyrage.x25519.Identity, **files: str) -> bytes:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(content)
    return envelope.seal((str(key.to_public()),), folder, None)


def test_keys_that_are_here_and_are_not_those_of_the_backups_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "private").write_text(str(key))
    content = sealed(tmp_path / "before", key, **{"pgbackrest.conf": "theirs", "pgpass": "same"})
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "pgbackrest.conf").write_text("made by setting up before")
    (keys / "pgpass").write_text("same")
    use(settings, here=tmp_path, keys=keys)
    one = SimpleNamespace(versions=lambda: [(datetime.now(UTC), "1")], file=lambda *_: content)
    monkeypatch.setattr(postgres, "envelopes", lambda _: one)
    said = list[str]()

    postgres.open_envelope(tmp_path / "private", said.append)

    assert f"{keys / 'pgbackrest.conf'}" in said[-1]
    assert "pgpass" not in said[-1]
    assert (keys / "pgbackrest.conf").read_text() == "made by setting up before"


def test_a_secret_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pgpass").write_text("of root alone")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tarfile.TarFile, "add", denied)

    with pytest.raises(BackupFailed, match=f"^{tmp_path / 'pgpass'} cannot be used: Permission denied"):
        envelope.seal((str(pyrage.x25519.Identity.generate().to_public()),), tmp_path, None)


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
