"""`scripts/diagnose.sh` on a server of containers: what it says is so, and what it gathers holds no secret."""

import json
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest

from client import Person
from ops.containers.installation import Installation
from pictures import jpeg

pytestmark = [pytest.mark.ops, pytest.mark.timeout(900)]


def diagnosis(installation: Installation) -> dict[str, dict[str, Any]]:
    """Return what the script says of every part, by its name."""
    told = installation.script("diagnose.sh", "--json")
    assert told.stdout, told.stderr
    found: dict[str, dict[str, Any]] = json.loads(told.stdout)["readings"]
    return found


def test_what_it_says_of_a_server_that_is_well_is_so(installation: Installation) -> None:
    found = diagnosis(installation)

    bad = {name: one for name, one in found.items() if one["state"] == "bad"}
    assert bad.keys() <= {"backups"}, bad  # which nobody has set up here
    assert {
        found[name]["state"] for name in ("server", "database", "migrations", "redis", "broker", "celery")
    } == {"ok"}


def test_a_bundle_holds_containers_and_logs_and_not_one_secret(
    installation: Installation, tmp_path: Path
) -> None:
    with Person(installation.address).sign_up() as ann:
        ann.find("Vulpes vulpes", jpeg(), notes="Behind the boathouse")
    out = tmp_path / "help.tgz"

    told = installation.script("diagnose.sh", "--bundle", str(out))

    assert told.returncode == 0, told.stderr
    with tarfile.open(out) as opened:
        texts = {one.name: found.read().decode() for one in opened if (found := opened.extractfile(one))}
    everything = "\n".join(texts.values())
    logs = [name for name in texts if "/log-" in name]
    assert len(logs) >= 5
    assert any("biologidex-web-" in text for name, text in texts.items() if name.endswith("containers.txt"))
    secrets = [file.read_text().strip() for file in (installation.etc / "secrets").iterdir()]
    passwords = [secret.rpartition("@")[0].rpartition(":")[2] for secret in secrets if "://" in secret]
    assert [secret for secret in (*secrets, *passwords) if len(secret) > 20 and secret in everything] == []
    assert "boathouse" not in everything
    assert ann.name not in everything


def test_a_worker_that_is_gone_is_bad_and_it_says_what_to_do(installation: Installation) -> None:
    worker = installation.name_of("worker-SIDE")
    installation.compose("stop", worker)
    try:
        end = time.monotonic() + 120
        while diagnosis(installation)["celery"]["state"] != "bad":
            assert time.monotonic() < end
            time.sleep(2)
        told = installation.script("diagnose.sh")
    finally:
        started = installation.typed("scripts/compose.sh up -d --no-deps worker")

    assert started.returncode == 0, started.stderr
    assert told.returncode == 1
    assert "WorkersGone" in told.stdout
