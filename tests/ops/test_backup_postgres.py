"""Backups of PostgreSQL with the servers and programs themselves: lost and brought back, tried out, damaged, sealed."""

import hashlib
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pyrage
import pytest

from ops.site import SOON, Site, site

pytestmark = [pytest.mark.ops, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def one() -> Iterator[Site]:
    with site() as running:
        running.ask("CREATE TABLE markers (at timestamptz PRIMARY KEY, n int)")
        running.ask("ALTER TABLE markers OWNER TO biologidex_owner")
        add_photo(running, b"kingfisher")
        running.do("backup")
        yield running


def add_photo(running: Site, content: bytes) -> Path:
    """Add a photo that row-level security lets only its owner see."""
    id_ = uuid4()
    name = f"photos/{id_.hex[:2]}/{id_}/original.jpg"
    file = running.media / name
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    running.do("shell", "-c", MAKE_PHOTO.format(id=id_, name=name, sha256=sha256, size=len(content)))
    return file


MAKE_PHOTO = """
from biologidex.accounts.models import User
from biologidex.media.models import Photo
ann, _ = User.objects.get_or_create(username="ann", defaults={{"email": "ann@example.org"}})
Photo.objects.create(
    id="{id}", owner=ann, original="{name}", sha256="{sha256}", size={size}, format="JPEG", width=1, height=1
)
"""


class Marks:
    """A row every half second, as long as PostgreSQL is there."""

    def __init__(self, running: Site) -> None:
        self.last = 0.0
        self._site, self._over = running, threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._over.wait(0.5):
            self._site.ask("INSERT INTO markers VALUES (clock_timestamp(), 1)")
            self.last = time.time()

    def end(self) -> None:
        self._over.set()
        self._thread.join(20)


def newest_mark(running: Site) -> float:
    return float(running.ask("SELECT extract(epoch FROM max(at)) FROM markers"))


@pytest.mark.bounded
def test_a_bare_machine_gets_everything_back_with_the_place_and_the_private_key(one: Site) -> None:
    photo = add_photo(one, b"heron")
    one.do("backup")
    marks = Marks(one)
    time.sleep(3 * SOON)
    marks.end()
    time.sleep(0.2)
    one.lose_everything()
    for lost in (one.data, one.keys, one.secrets, one.folder / "backups"):
        shutil.rmtree(lost)
    for made in (one.data, one.secrets):
        made.mkdir()
    begun = time.monotonic()

    one.do("restore", "--latest", "--identity", str(one.key))
    one.cluster.program.start()

    assert marks.last - newest_mark(one) <= SOON + 2
    assert time.monotonic() - begun < 30 * 60
    assert photo.read_bytes() == b"heron"
    assert (one.secrets / "biologidex_metrics_token").read_text() == "token-of-the-operator"
    for file in ("pgbackrest.conf", "pgpass", "restic_password"):
        assert (one.keys / file).stat().st_mode & 0o077 == 0
    one.do("backup", "--setup")
    one.do("backup")


@pytest.mark.bounded
def test_the_drill_compares_rows_that_row_level_security_hides_and_measures(one: Site) -> None:
    said = one.do("drill")

    status = (one.data / "backup-status.json").read_text()
    assert "rows and 2 photos compared" in said or "rows and 1 photos compared" in said
    assert '"failed": false' in status
    assert "Restorable." in said
    assert one.ask("SELECT count(*) FROM media_photo") != "0"


def test_rows_that_were_deleted_come_back_from_a_moment_before(one: Site) -> None:
    one.ask("INSERT INTO markers VALUES ('2020-01-01', 7)")
    time.sleep(1.1)
    before = datetime.now(UTC).isoformat()
    time.sleep(1.1)
    one.ask("DELETE FROM markers WHERE n = 7")
    one.ask("SELECT pg_switch_wal()")
    time.sleep(SOON + 1)
    one.cluster.program.stop()
    shutil.move(one.cluster.data, one.folder / "before")

    one.do("restore", "--at", before)
    one.cluster.program.start()

    assert one.ask("SELECT count(*) FROM markers WHERE n = 7") == "1"
    one.ask("INSERT INTO markers VALUES ('2020-01-02', 8)")
    one.do("backup")
    one.do("drill")  # the log goes on after the restore


def test_a_photo_of_today_is_kept_before_the_night_comes(one: Site) -> None:
    file = add_photo(one, b"grebe")
    one.do("backup", "--photos")

    looked_at = one.folder / "looked-at"
    one.do("restore", "--latest", "--into", str(looked_at))

    assert (looked_at / "media" / file.relative_to(one.media)).read_bytes() == b"grebe"


@pytest.mark.bounded
def test_nothing_is_restored_over_a_database(one: Site) -> None:
    assert "is not empty. Move it away first" in one.fails("restore", "--latest")


@pytest.mark.bounded
def test_the_envelope_opens_with_no_other_key_and_not_with_anything_of_this_machine(
    one: Site, tmp_path: Path
) -> None:
    other = tmp_path / "other.key"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    keys = str(tmp_path / "keys")

    told = one.fails("restore", "--latest", "--identity", str(other), BIOLOGIDEX_BACKUP_KEYS_DIR=keys)

    assert "is sealed to other keys" in told
    told = one.fails("restore", "--latest", BIOLOGIDEX_BACKUP_KEYS_DIR=keys)
    assert "--identity FILE" in told


@pytest.mark.bounded
def test_one_flipped_byte_in_the_place_of_backups_is_found(one: Site) -> None:
    for pattern in ("postgres/backup/*/*F/bundle/*", "media/data/*/*"):
        file = max(one.away.glob(pattern), key=lambda file: file.stat().st_size)
        whole = file.read_bytes()
        flipped = bytearray(whole)
        flipped[len(flipped) // 2] ^= 1
        mode = file.stat().st_mode
        file.chmod(0o600)
        file.write_bytes(flipped)

        told = one.fails("backup", "--verify")

        file.write_bytes(whole)
        file.chmod(mode)
        assert told
    one.do("backup", "--verify")


@pytest.fixture
def older() -> Iterator[Site]:
    with site("media", "0005") as running:
        yield running


def test_a_backup_of_an_older_release_is_brought_up_to_date(older: Site) -> None:
    asked = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'media_photo' AND column_name = 'look'"
    assert older.ask(asked) == "0"
    older.do("backup")
    older.lose_everything()

    older.do("restore", "--latest")
    older.cluster.program.start()

    assert older.ask(asked) == "1"
