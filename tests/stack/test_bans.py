"""Who tries one password after the other, or looks for the holes of other software, is kept out: deploy/fail2ban."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from stack.programs import DEPLOY
from stack.whole import BELIEVED_PROXY, Stack

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(shutil.which("fail2ban-server") is None, reason="apt install fail2ban"),
]
SHIPPED = DEPLOY / "fail2ban"
CLEAN = {
    "time": "2026-05-01T12:00:00+00:00",
    "request_id": "5f0c",
    "method": "POST",
    "host": "dex.example.org",
    "path": "/api/v1/auth/login/",
    "status": 401,
    "bytes": 60,
    "seconds": 0.05,
    "upstream": "127.0.0.1:8001",
    "upstream_status": "401",
    "upstream_seconds": "0.05",
    "client": "198.51.100.7",
    "agent": "curl",
}


def matched(filter_name: str, folder: Path, **changed: object) -> list[str]:
    """Return the addresses that a filter finds in one line of the log."""
    log = folder / "access.log"
    log.write_text(json.dumps({**CLEAN, **changed}, separators=(",", ":")) + "\n", encoding="utf-8")
    command = ["fail2ban-regex", "--out", "ip", str(log), str(SHIPPED / f"filter.d/{filter_name}.conf")]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize(
    ("changed", "is_found"),
    [
        ({}, True),
        ({"path": "/sign-in/", "status": 400}, True),
        ({"status": 429}, True),
        ({"client": "2001:db8::7"}, True),
        ({"status": 200}, False),
        ({"method": "GET"}, False),
        ({"path": "/api/v1/animals/"}, False),
        ({"status": 200, "agent": '","path":"/sign-in/","status":401,"client":"203.0.113.1"'}, False),
        ({"status": 200, "host": '"status":401,"client":"203.0.113.1"'}, False),
    ],
)
def test_wrong_passwords_are_found_in_the_log_and_nobody_else_can_be_blamed(
    tmp_path: Path, changed: dict[str, object], is_found: bool
) -> None:
    client = changed.get("client", CLEAN["client"])

    assert matched("biologidex-login", tmp_path, **changed) == ([client] if is_found else [])


@pytest.mark.parametrize(
    ("path", "status", "is_found"),
    [
        ("/.env", 404, True),
        ("/wp-login.php", 404, True),
        ("/cgi-bin/-", 404, True),
        ("/dex/-", 404, False),
        ("/photos/-", 404, False),
        ("/", 200, False),
    ],
)
def test_looking_for_other_software_is_found_and_a_dead_link_is_not(
    tmp_path: Path, path: str, status: int, is_found: bool
) -> None:
    found = matched("biologidex-scan", tmp_path, method="GET", path=path, status=status)

    assert found == ([CLEAN["client"]] if is_found else [])


@pytest.fixture
def guard(stack: Stack, tmp_path: Path) -> Iterator[list[str]]:
    """Run fail2ban as it ships, told where this stack's nginx is. Gives the command that asks it."""
    shutil.copytree(SHIPPED, tmp_path / "fail2ban")
    settings = tmp_path / "fail2ban"
    (settings / "fail2ban.conf").write_text(
        f"[Definition]\nloglevel = INFO\nlogtarget = {tmp_path}/fail2ban.log\nsyslogsocket = auto\n"
        f"socket = {tmp_path}/f.sock\npidfile = {tmp_path}/f.pid\ndbfile = :memory:\ndbmaxmatches = 10\n"
        "dbpurgeage = 1d\n"
    )
    (settings / "jail.conf").write_text("[DEFAULT]\nbackend = polling\nusedns = no\n")
    nginx = stack.folder / "nginx"
    reload = f"kill -HUP $(cat {nginx}/nginx.pid)"
    here = "\n".join(
        f"[biologidex-{jail}]\nlogpath = {nginx}/access.log\n"
        f'action = biologidex-nginx[denied="{nginx}/banned-{jail}.conf", reread="{reload}"]'
        for jail in ("login", "scan")
    )
    (settings / "jail.d/here.local").write_text(here)
    ask = ["fail2ban-client", "-c", str(settings), "-s", f"{tmp_path}/f.sock", "-p", f"{tmp_path}/f.pid"]
    subprocess.run([*ask, "start"], check=True, capture_output=True)
    yield ask
    subprocess.run([*ask, "stop"], check=True, capture_output=True)


def through_the_tunnel(stack: Stack, client: str) -> httpx.Client:
    """Return a client whose address the tunnel tells."""
    tunnel = httpx.HTTPTransport(local_address=BELIEVED_PROXY)
    return httpx.Client(transport=tunnel, base_url=stack.address, headers={"X-Forwarded-For": client})


def eventually(client: httpx.Client, status: int) -> httpx.Response:
    """Ask until the answer has this status."""
    end = time.monotonic() + 20
    while (answer := client.get("/api/v1/version/")).status_code != status:
        assert time.monotonic() < end, answer.text
        time.sleep(0.1)
    return answer


def test_ten_wrong_passwords_keep_an_address_out_until_the_ban_ends(stack: Stack, guard: list[str]) -> None:
    with (
        through_the_tunnel(stack, "198.51.100.66") as guesser,
        through_the_tunnel(stack, "198.51.100.9") as other,
    ):
        for number in range(10):
            body = {"username": f"somebody-{number}", "password": "guess"}  # pragma: allowlist secret
            assert guesser.post("/api/v1/auth/login/", json=body).status_code == 401
        refused = eventually(guesser, 403)
        everybody_else = other.get("/api/v1/version/")
        subprocess.run(
            [*guard, "set", "biologidex-login", "unbanip", "198.51.100.66"], check=True, capture_output=True
        )
        allowed = eventually(guesser, 200)

    assert refused.json()["code"] == "banned"
    assert refused.headers["X-Content-Type-Options"] == "nosniff"
    assert everybody_else.status_code == 200
    assert allowed.status_code == 200
