"""Every secret of a server in containers is replaced by one command, which is even cut off, and nobody notices.

The server has a replica, which is read, and backups: those have secrets of their own.
"""

import fcntl
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
from ops.containers.replicas import READS, ask, wait_until_it_streams
from pictures import jpeg
from stack.load import Load

pytestmark = [pytest.mark.ops, pytest.mark.timeout(1200)]
WORDS = ("--watch", "3", "--all")
LOG_IN = 'PGPASSWORD=$(cat) exec psql -h 127.0.0.1 -U biologidex_{} -d biologidex -XAtc "SELECT 1"'
FOLLOW = (
    'PGPASSWORD=$(cat) psql "host=127.0.0.1 user=biologidex_replicator replication=true" -XAtc IDENTIFY_SYSTEM'
    " > /dev/null && echo 1"
)
PING = 'read -r user; read -r REDISCLI_AUTH; export REDISCLI_AUTH; exec redis-cli --user "$user" ping'


@pytest.fixture(scope="module")
def whole(backed_up: Installation, with_replica: Installation) -> Installation:
    """A server with everything that has a secret."""
    assert backed_up is with_replica
    return backed_up


@pytest.fixture(scope="module")
def secrets_before(whole: Installation) -> dict[str, str]:
    """What was secret until now."""
    return secrets(whole)


@pytest.fixture(scope="module")
def ann(whole: Installation) -> Iterator[Person]:
    """Somebody who signed in before."""
    with Person(whole.address) as person:
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
    for lock in ("rotation.lock", "deploy.lock"):  # what is killed takes a moment to be gone
        with (installation.etc / lock).open() as held:
            fcntl.flock(held, fcntl.LOCK_EX)
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
    whole: Installation, secrets_before: dict[str, str], ann: Person
) -> None:
    token, photo = ann.token, ann.outcome(ann.send_photo(jpeg())["id"], patience=60)["image"]
    load = Load(whole.address, people=10, rate=20, keeps_connections=False)
    try:
        with load:
            begun = time.monotonic()
            cut_off(whole)
            told = whole.script("rotate-secret.sh", *WORDS)
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
    after = secrets(whole)
    assert {name for name in after if after[name] == secrets_before[name]} == {
        *("backup_url", "email_url", "smtp_password", "grafana_password")
    }
    assert after["secret_key_fallbacks"] == secrets_before["secret_key"]
    assert ann.token == token
    assert ann.get("dex/entries/my_entries/")["results"] == []
    assert httpx.get(photo).status_code == 200
    assert set(whole.containers()) & {"pgbouncer", "pgbouncer-next"} == {"pgbouncer"}


def test_the_new_passwords_open_and_the_old_ones_do_not(
    whole: Installation, secrets_before: dict[str, str]
) -> None:
    after = secrets(whole)
    for service, user, name in (
        ("redis-cache", "cache", "cache_url"),
        ("redis-broker", "broker", "broker_url"),
        ("redis-cache", "admin", "redis_admin_password"),
        ("redis-broker", "exporter", "redis_exporter_password"),
    ):
        old, new = (password(one[name]) for one in (secrets_before, after))
        assert lets_in(whole, service, PING, f"{user}\n{new}\n"), user
        assert not lets_in(whole, service, PING, f"{user}\n{old}\n"), user
    ways = {role: LOG_IN.format(role) for role in ("app", "backup", "monitor", "owner", "readonly", "worker")}
    for role, log_in in {**ways, "replicator": FOLLOW}.items():
        name = f"{role}_password"
        assert lets_in(whole, "db", log_in, after[name]), role
        assert not lets_in(whole, "db", log_in, secrets_before[name]), role


def test_the_replica_follows_with_its_new_password_and_is_read_with_the_new_one_of_the_pool(
    whole: Installation, ann: Person
) -> None:
    wait_until_it_streams(whole)
    before, end = int(ask(whole, "replica", READS)), time.monotonic() + 60

    while int(ask(whole, "replica", READS)) == before:
        assert time.monotonic() < end, whole.compose("logs", "--tail", "20", "pgbouncer-replica", "replica")
        ann.get("dex/feed/")


def test_backups_go_on_with_their_new_password_and_seal_the_new_secrets(whole: Installation) -> None:
    told = whole.script("backup.sh")

    assert told.returncode == 0, told.stdout + told.stderr
    assert "Backed up secrets" in told.stdout


def password(secret: str) -> str:
    """Return a password that stands alone or in an address."""
    return secret.partition("://")[2].partition(":")[2].partition("@")[0] or secret
