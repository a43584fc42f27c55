"""Backups of a server in containers go to a bucket: over TLS, by the one way out, and nobody there can read them."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from client import Person
from media.s3_server import BUCKET, KEY, REGION, SECRET
from ops.containers import backups, report
from ops.containers.installation import PODMAN, RELEASE, TOP, Installation
from ops.containers.replicas import wait_until_ready
from pictures import jpeg
from stack.certificates import certificate

pytestmark = [pytest.mark.ops, pytest.mark.timeout(1200)]
NAME, PORT = "bucket.example.org", 8443
NETWORK, SUBNET, ADDRESS = "somewhere-else", "10.89.90.0/24", "10.89.90.10"  # compose.podman.yaml knows it
AUTHORITY = "/etc/biologidex/backup/authority.pem"
PLACE = (
    f"s3://{KEY}:{quote(SECRET, safe='')}@{NAME}:{PORT}/{BUCKET}/dex"
    f"?region={REGION}&addressing=path&authority={AUTHORITY}"
)
NOTE = "a kingfisher under the old bridge"
REACH_IT = ("bash", "-c", f"< /dev/tcp/{ADDRESS}/{PORT}")
CIPHERED = b"Salted__"  # what every file of pgBackRest begins with, if it has a key
OF_COMPOSE_ENV = {"COMPOSE_MORE": ""}  # Compose's further files are those that setup-backups.sh names there


@pytest.fixture(scope="module")
def elsewhere(installation: Installation) -> Iterator[Path]:
    """A bucket on another network, with a certificate by an authority of its own. Gives a folder of what is in it."""
    folder = installation.engine.folder / "bucket"
    shutil.rmtree(folder, ignore_errors=True)
    seen = folder / "seen"
    seen.mkdir(parents=True)
    made = certificate(folder, NAME)
    (folder / "address").write_text(f"{PLACE}\n")
    installation.engine.ask("network", "create", "--subnet", SUBNET, NETWORK)
    where = ("--network", NETWORK, "--ip", ADDRESS, "-v", f"{TOP / 'tests/media'}:/srv/code:ro")
    serve = ("python3", "/srv/code/s3_server.py", str(PORT), *map(str, (made.file, made.key, seen)))
    image = f"localhost/biologidex-backup:{RELEASE}"
    installation.engine.ask(
        "run", "-d", "--name", NETWORK, "--user", "0", *where, "-v", f"{folder}:{folder}", image, *serve
    )
    trust_it(installation, made.file)
    yield seen
    installation.engine.ask("rm", "-f", "-t", "0", NETWORK)


@pytest.fixture(scope="module")
def backed_up_there(installation: Installation, elsewhere: Path) -> Iterator[Installation]:
    """Do what docs/backup.md says for an address with a secret in it."""
    assert elsewhere.is_dir()
    assert not reaches(installation, "db"), "what is open without deploy/compose.offsite.yaml proves nothing"
    installation.remember(COMPOSE_MORE=str(PODMAN))
    since = time.time()
    point_to_it(installation)
    backups.wait_for_the_first(installation, since=since)
    yield installation
    forget_it(installation)


def trust_it(installation: Installation, authority: Path) -> None:
    trusted = installation.etc / "backup" / Path(AUTHORITY).name
    shutil.copyfile(authority, trusted)
    trusted.chmod(0o644)


def point_to_it(installation: Installation) -> None:
    address = installation.engine.folder / "bucket" / "address"
    line = f"scripts/setup-backups.sh {backups.new_key(installation)} - < {address}"
    told = installation.typed(line, **OF_COMPOSE_ENV)
    assert told.returncode == 0, told.stderr


def forget_it(installation: Installation) -> None:
    """Leave no trace: whoever sets backups up after this begins with new keys."""
    for file in (installation.etc / "backup").iterdir():
        file.unlink()
    installation.script("compose.sh", "exec", "backup", "sh", "-c", "rm -rf /var/backups/biologidex/*")
    installation.compose("--profile", "backup", "rm", "-fs", "backup")
    (installation.etc / "secrets" / "biologidex_backup_url").write_text("\n")
    kept = [word for word in installation.state["PROFILES"].split() if word != "backup"]
    installation.remember(COMPOSE_MORE="", PROFILES=" ".join(kept))
    installation.compose("up", "-d", "--no-deps", "--wait", "db")
    wait_until_ready(installation)


def reaches(installation: Installation, service: str) -> bool:
    return installation.script("compose.sh", "exec", service, *REACH_IT).returncode == 0


def contents(installation: Installation, elsewhere: Path) -> dict[str, bytes]:
    """Return everything that is in the bucket, by name."""
    end = time.monotonic() + 30
    for file in elsewhere.iterdir():
        file.unlink()
    installation.engine.ask("kill", "-s", "USR1", NETWORK)
    while not (elsewhere / "refused").exists():
        assert time.monotonic() < end
        time.sleep(0.1)
    time.sleep(0.2)
    assert (elsewhere / "refused").read_text() == "0", "requests with a wrong signature"
    return {unquote(file.name): file.read_bytes() for file in elsewhere.iterdir() if file.name != "refused"}


def test_the_first_one_goes_there_at_once_and_is_tried_out_from_there(
    backed_up_there: Installation, elsewhere: Path
) -> None:
    listed = json.loads(backed_up_there.script("backup.sh", "--list", "--json").stdout)

    there = {one["backup"] for one in listed if one["place"] == "off_site"}
    drill = backups.status(backed_up_there)["drill"]
    assert drill["verified_backups"]["off_site"] in there
    parts = {tuple(name.split("/")[:2]) for name in contents(backed_up_there, elsewhere) if "/" in name}
    assert parts >= {("dex", "postgres"), ("dex", "envelopes")}


def test_postgresql_sends_its_log_there_by_the_one_way_out(backed_up_there: Installation) -> None:
    networks = "{{range $name, $one := .NetworkSettings.Networks}}{{$name}} {{end}}"
    container = backed_up_there.containers()["db"]

    assert reaches(backed_up_there, "db")
    assert set(backed_up_there.engine.ask("inspect", container, "--format", networks).split()) == {
        "biologidex_db",
        "biologidex_archive",
    }


def test_a_card_and_its_photo_are_there_and_nobody_there_can_read_them_or_a_secret(
    backed_up_there: Installation, elsewhere: Path
) -> None:
    photo = jpeg(97, 61)
    with Person(backed_up_there.address).sign_up() as ann:
        ann.find("Alcedo atthis", photo, notes=NOTE)
        begun = time.monotonic()
        told = backed_up_there.script("backup.sh")
        took = time.monotonic() - begun
    assert told.returncode == 0, told.stdout + told.stderr
    found = contents(backed_up_there, elsewhere)

    size = sum(map(len, found.values())) / 1e6
    report.note("bucket", "A backup to a bucket, tried out from there", f"{took:.0f} s, {size:.1f} MB there")
    secrets = [file.read_text().strip() for file in (backed_up_there.etc / "secrets").iterdir()]
    unreadable = [
        photo,
        NOTE.encode(),
        ann.name.encode(),
        *(one.encode() for one in secrets if len(one) > 15),
    ]
    for name, content in found.items():
        assert not [one for one in unreadable if one in content], name
        assert content.startswith(CIPHERED) or not name.startswith("dex/postgres/"), name
    assert any(name.startswith("dex/media/data/") for name in found)


def test_a_new_machine_gets_everything_back_from_the_bucket(backed_up_there: Installation) -> None:
    folder = backed_up_there.engine.folder / "bucket"
    with Person(backed_up_there.address).sign_up() as ann:
        card = ann.find("Alcedo atthis", jpeg(90, 60), notes=NOTE)["id"]
        told = backed_up_there.script("compose.sh", "exec", "backup", "biologidex", "backup")
        assert told.returncode == 0, told.stdout + told.stderr

        backups.lose_everything(backed_up_there)
        trust_it(backed_up_there, folder / "certificate.pem")
        begun = time.monotonic()
        key = backups.identity(backed_up_there)
        restore = f"scripts/restore.sh --version {RELEASE} --from - --identity {key} < {folder / 'address'}"
        told = backed_up_there.typed(restore)
        assert told.returncode == 0, told.stdout + told.stderr
        told = backed_up_there.set_up()
        assert told.returncode == 0, told.stdout + told.stderr
        wait_until_ready(backed_up_there)
        took = time.monotonic() - begun

        assert ann.get(f"dex/entries/{card}/")["notes"] == NOTE
        assert backups.photos_may_come(backed_up_there)
        report.note("bucket", "A new machine, with its images, serves from the bucket", f"after {took:.0f} s")
        since = time.time()
        backed_up_there.remember(COMPOSE_MORE=str(PODMAN))
        point_to_it(backed_up_there)
        backups.wait_for_the_first(backed_up_there, since=since)
