"""fail2ban on the host and nginx in its container, as scripts/setup.sh --fail2ban leaves them."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx
import pytest

from ops.containers.installation import PODMAN, TOP, Installation

pytestmark = [
    pytest.mark.ops,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not all(map(shutil.which, ("fail2ban-server", "logrotate"))), reason="apt install fail2ban logrotate"
    ),
]
OVER = TOP / "deploy/compose.fail2ban.yaml"
GUESSER, OTHER = "198.51.100.66", "198.51.100.9"


@dataclass
class Guard:
    """fail2ban with folders of its own, and what it reads."""

    ask: list[str]
    log: Path
    filters: Path
    environment: dict[str, str]

    def do(self, *words: str) -> str:
        """Tell it something and return what it says."""
        done = subprocess.run(
            [*self.ask, *words], env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def found(self, kind: str) -> list[str]:
        """Return the addresses that a filter finds in the log that nginx has written."""
        command = ["fail2ban-regex", "--out", "ip", str(self.log), str(self.filters / f"{kind}.conf")]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.fixture(scope="module")
def guard(installation: Installation) -> Iterator[Guard]:
    """Set it up beside the running installation; afterwards nginx is as it was."""
    folder = installation.engine.folder / "fail2ban"
    shutil.rmtree(folder, ignore_errors=True)
    settings, logs, rotating = folder / "etc", folder / "log", folder / "logrotate.d"
    for one in (settings, rotating):
        one.mkdir(parents=True)
    (settings / "fail2ban.conf").write_text(
        f"[Definition]\nloglevel = INFO\nlogtarget = {folder}/fail2ban.log\nsyslogsocket = auto\n"
        f"socket = {folder}/f.sock\npidfile = {folder}/f.pid\ndbfile = :memory:\ndbmaxmatches = 10\n"
        "dbpurgeage = 1d\n"
    )
    (settings / "jail.conf").write_text("[DEFAULT]\nbackend = polling\nusedns = no\n")
    ask = ["fail2ban-client", "-c", str(settings), "-s", f"{folder}/f.sock", "-p", f"{folder}/f.pid"]
    made = Guard(ask, logs / "refused.log", settings / "filter.d", installation.engine.environment)
    where = {
        "FAIL2BAN_DIR": str(settings),
        "LOGROTATE_DIR": str(rotating),
        "SYSTEMD_DIR": str(folder / "systemd"),
        "BIOLOGIDEX_LOG": str(logs),
        "FAIL2BAN_CLIENT": " ".join(ask),
    }
    before = (installation.etc / "compose.env").read_text()
    done = installation.engine.run("sh", str(TOP / "scripts/make-bans.sh"), str(installation.etc), **where)
    assert done.returncode == 0
    made.do("start")
    try:
        told = installation.set_up("--fail2ban", **where, COMPOSE_MORE=f"{PODMAN} {OVER}")
        assert told.returncode == 0, told.stdout + told.stderr
        assert f"COMPOSE_MORE={OVER}" in (installation.etc / "compose.env").read_text()
        subprocess.run(["logrotate", "-d", str(rotating / "biologidex")], check=True, capture_output=True)
        yield made
    finally:
        made.do("stop")
        (installation.etc / "compose.env").write_text(before)
        installation.compose("up", "-d", "--no-deps", "nginx")
        shutil.rmtree(folder)


def through_a_proxy(installation: Installation, client: str) -> httpx.Client:
    """Return a client whose address a proxy on this host tells: it comes over the network `edge`."""
    return httpx.Client(base_url=installation.address, headers={"X-Forwarded-For": client})


def eventually(client: httpx.Client, status: int) -> httpx.Response:
    """Ask until the answer has this status."""
    end = time.monotonic() + 40
    while (answer := client.get("/api/v1/version/")).status_code != status:
        assert time.monotonic() < end, answer.text
        time.sleep(0.2)
    return answer


def test_ten_wrong_passwords_keep_an_address_out_until_the_ban_ends(
    installation: Installation, guard: Guard
) -> None:
    with through_a_proxy(installation, GUESSER) as guesser, through_a_proxy(installation, OTHER) as other:
        eventually(other, 200)
        for number in range(10):
            body = {"username": f"somebody-{number}", "password": "guess"}  # pragma: allowlist secret
            assert guesser.post("/api/v1/auth/login/", json=body).status_code == 401
        refused = eventually(guesser, 403)
        everybody_else = other.get("/api/v1/version/")
        guard.do("set", "biologidex-login", "unbanip", GUESSER)
        eventually(guesser, 200)

    assert refused.json()["code"] == "banned"
    assert everybody_else.status_code == 200


def test_filters_find_in_the_log_of_the_container_whom_they_should(
    installation: Installation, guard: Guard
) -> None:
    with through_a_proxy(installation, OTHER) as other:
        other.get("/.env")
        other.get("/api/v1/version/")
    time.sleep(1)

    assert set(guard.found("biologidex-login")) == {GUESSER}
    assert set(guard.found("biologidex-scan")) == {OTHER}
    assert '"status":200' not in guard.log.read_text()


def test_the_log_for_people_is_where_it_was(installation: Installation, guard: Guard) -> None:
    assert '"path":"/api/v1/version/","status":200' in installation.compose(
        "logs", "--no-log-prefix", "nginx"
    )
