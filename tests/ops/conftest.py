"""A small instance of the embedded mode, which the commands take for theirs."""

import subprocess
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.conf import settings

from biologidex.ops.backup import plan
from media.s3_server import bucket
from ops.small import Small, use
from running import COMMAND, environment_of


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with every table and nothing in them."""
    folder = tmp_path_factory.mktemp("small") / "data"
    folder.mkdir()
    environment = environment_of(folder, BIOLOGIDEX_ADMIN_HOST=settings.ADMIN_HOST)  # the same tables as ours
    subprocess.run([COMMAND, "migrate", "-v0"], env=environment, check=True)
    return folder


@pytest.fixture
def small(migrated: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Small:
    """An instance of this test's own, which the commands take for theirs."""
    one = Small(migrated, tmp_path / "data")
    for content in (b"kingfisher", b"heron", b"otter"):
        one.photo(content)
    settings.DATA_DIR, settings.MEDIA_ROOT = one.folder, one.media
    settings.BACKUP = plan.Plan(
        here=one.folder / "backups",
        off_site=None,
        public_keys=(),
        keep_here=7,
        keep=30,
        keys=one.folder / "backup-keys",
        secrets=None,
        database="",
    )
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(one.database)}
    monkeypatch.setitem(settings.DATABASES, "default", database)
    return one


@pytest.fixture
def key(tmp_path: Path, settings: Any, small: Small) -> Path:
    """The operator's private key. Backups are sealed to its public half."""
    identity = pyrage.x25519.Identity.generate()
    file = tmp_path / "operator.key"
    file.write_text(f"# created by age-keygen\n{identity}\n")
    use(settings, public_keys=(str(identity.to_public()),))
    return file


@pytest.fixture
def store(small: Small, settings: Any) -> Any:
    with bucket() as running:
        use(settings, off_site=plan.place(running.address.replace("?", "/dex?")))
        yield running
