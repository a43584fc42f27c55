"""Every secret of a server in containers is replaced by one command, which is even cut off, and nobody notices."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator

import httpx2 as httpx
import pytest

from client import Person
from ops.containers import report
from ops.containers.installation import PODMAN, TOP, Installation
from pictures import jpeg
from stack.load import Load

pytestmark = [pytest.mark.ops, pytest.mark.timeout(1200)]
WORDS = ("--watch", "3", "--all")
LOG_IN = 'PGPASSWORD=$(cat) exec psql -h 127.0.0.1 -U biologidex_app -d biologidex -XAtc "SELECT 1"'
PING = 'read -r user; read -r REDISCLI_AUTH; export REDISCLI_AUTH; exec redis-cli --user "$user" ping'


@pytest.fixture(scope="module")
def secrets_before(installation: Installation) -> dict[str, str]:
    """What was secret until now."""
    return secrets(installation)


@pytest.fixture(scope="module")
def ann(installation: Installation) -> Iterator[Person]:
    """Somebody who signed in before."""
    with Person(installation.address) as person:
        yield person.sign_up()


def secrets(installation: Installation) -> dict[str, str]:
    files = (installation.etc / "secrets").glob("biologidex_*")
    return {file.name.removeprefix("biologidex_"): file.read_text().strip() for file in files}


def environment_of(installation: Installation) -> dict[str, str]:
    place = {"BIOLOGIDEX_ETC": str(installation.etc), "COMPOSE_MORE": str(PODMAN)}
    return installation.engine.environment | place


def cut_off(installation: Installation) -> None:
    """Begin, and lose power as it were, while the first processes with new secrets are starting."""
    command = ["sh", str(TOP / "scripts/rotate-secret.sh"), *WORDS]
    with subprocess.Popen(
        command, env=environment_of(installation), start_new_session=True, stdout=subprocess.PIPE, text=True
    ) as running:
        for line in running.stdout or ():
            if "Starting" in line:
                break
        time.sleep(5)
        os.killpg(running.pid, signal.SIGKILL)
    assert "A second pool starts" in (installation.etc / "rotation" / "done").read_text()


def lets_in(installation: Installation, service: str, script: str, told: str) -> bool:
    """Whether a server takes a password, which comes on the standard input."""
    command = ["sh", str(TOP / "scripts/compose.sh"), "exec", "-T", service, "sh", "-c", script]
    done = subprocess.run(
        command,
        env=environment_of(installation),
        input=told,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode == 0 and done.stdout.strip() in {"1", "PONG"}


def test_nobody_notices_and_whoever_signed_in_before_stays_so(
    installation: Installation, secrets_before: dict[str, str], ann: Person
) -> None:
    token, photo = ann.token, ann.outcome(ann.send_photo(jpeg())["id"], patience=60)["image"]
    load = Load(installation.address, people=10, rate=20, keeps_connections=False)
    try:
        with load:
            begun = time.monotonic()
            cut_off(installation)
            told = installation.script("rotate-secret.sh", *WORDS)
            took = time.monotonic() - begun
        total = load.answers.total()
        report.note("rotation", "Every secret replaced", f"{load.refused} of {total} requests failed")
        report.note("rotation", "It took, cut off once and called again", f"{took:.0f} s")
        assert told.returncode == 0, told.stdout + told.stderr
        assert load.wrong == []
        assert load.refused == 0, [one for visitor in load.visitors for one in visitor.refused]
        for visitor in load.visitors:
            for job in visitor.jobs:
                assert visitor.person.outcome(job, patience=60)["status"] == "completed"
    finally:
        load.close()
    after = secrets(installation)
    assert {name for name in after if after[name] == secrets_before[name]} == {
        *("backup_url", "email_url", "smtp_password", "grafana_password")
    }
    assert after["secret_key_fallbacks"] == secrets_before["secret_key"]
    assert ann.token == token
    assert ann.get("dex/entries/my_entries/")["results"] == []
    assert httpx.get(photo).status_code == 200
    assert set(installation.containers()) & {"pgbouncer", "pgbouncer-next"} == {"pgbouncer"}


def test_the_new_passwords_open_and_the_old_ones_do_not(
    installation: Installation, secrets_before: dict[str, str]
) -> None:
    after = secrets(installation)
    for service, user, name in (
        ("redis-cache", "cache", "cache_url"),
        ("redis-broker", "broker", "broker_url"),
        ("redis-cache", "admin", "redis_admin_password"),
        ("redis-broker", "exporter", "redis_exporter_password"),
    ):
        old, new = (password(one[name]) for one in (secrets_before, after))
        assert lets_in(installation, service, PING, f"{user}\n{new}\n"), user
        assert not lets_in(installation, service, PING, f"{user}\n{old}\n"), user
    assert lets_in(installation, "db", LOG_IN, after["app_password"])
    assert not lets_in(installation, "db", LOG_IN, secrets_before["app_password"])


def password(secret: str) -> str:
    """Return a password that stands alone or in an address."""
    return secret.partition("://")[2].partition(":")[2].partition("@")[0] or secret
