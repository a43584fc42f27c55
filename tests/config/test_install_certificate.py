"""scripts/install-certificate.sh, with a docker that notes what it is asked. nginx refuses a chain that says BAD."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "install-certificate.sh"
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="It gives files to the containers' group: as root.")


class Host:
    """A server whose nginx runs, and an authority that has renewed its certificate."""

    def __init__(self, folder: Path) -> None:
        self.etc, self.asked, self.live = folder / "etc", folder / "asked", folder / "live"
        for one in (self.etc, self.live):
            one.mkdir()
        self.asked.touch()
        self.runs, self.silent = folder / "runs", folder / "silent"
        self.runs.touch()
        (self.etc / "compose.env").write_text("SERVER_NAMES=dex.example.org www.dex.example.org\nOPEN=blue\n")
        docker = folder / "docker"
        docker.write_text(
            f'#!/bin/sh\necho "$*" >> {self.asked}\ncase "$*" in\n'
            f"*' ps '*) [ ! -e {self.silent} ] || exit 1; [ ! -e {self.runs} ] || echo 0123456789ab ;;\n"
            f"*' -t '*) ! grep -q BAD {self.etc}/tls/fullchain.pem ;;\nesac\n"
        )
        docker.chmod(0o755)
        self.path = f"{folder}:{os.environ['PATH']}"

    def renewed(self, text: str) -> list[str]:
        files = [self.live / "fullchain.pem", self.live / "privkey.pem"]
        for file in files:
            file.write_text(f"{text} {file.name}")
        return list(map(str, files))

    def install(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": self.path, "BIOLOGIDEX_ETC": str(self.etc), **more}
        command = ["sh", str(SCRIPT), *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def hook(self, domains: str) -> subprocess.CompletedProcess[str]:
        """Call it as certbot does after it has renewed a certificate."""
        return self.install(RENEWED_LINEAGE=str(self.live), RENEWED_DOMAINS=domains)

    @property
    def held(self) -> dict[str, str]:
        return {file.name: file.read_text() for file in (self.etc / "tls").glob("*")}

    @property
    def was_reloaded(self) -> bool:
        return "-s reload" in self.asked.read_text()


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def both(text: str) -> dict[str, str]:
    return {name: f"{text} {name}" for name in ("fullchain.pem", "privkey.pem")}


@pytest.mark.parametrize("words", [[], ["one.pem"], ["one.pem", "two.pem"], ["a", "b", "c"]])
def test_whoever_calls_it_wrongly_is_told(host: Host, words: list[str]) -> None:
    told = host.install(*words)

    assert told.returncode == 2
    assert "Usage" in told.stderr or "cannot be read" in told.stderr
    assert host.held == {}


def test_it_is_put_where_nginx_reads_it_for_its_group_alone_and_nginx_reads_it(host: Host) -> None:
    told = host.install(*host.renewed("first"))

    assert told.returncode == 0, told.stderr
    assert host.held == both("first")
    assert host.was_reloaded
    for file in (host.etc / "tls").iterdir():
        assert (file.stat().st_uid, file.stat().st_gid) == (0, 10001)
        assert stat.S_IMODE(file.stat().st_mode) == 0o440


def test_what_certbot_renewed_arrives(host: Host) -> None:
    host.install(*host.renewed("first"))
    host.asked.write_text("")
    host.renewed("second")

    told = host.hook("dex.example.org")

    assert told.returncode == 0, told.stderr
    assert host.held == both("second")
    assert host.was_reloaded


@pytest.mark.parametrize(
    ("domains", "taken"),
    [
        ("www.dex.example.org other.example.org", True),
        ("*.example.org", True),
        ("shop.example.org", False),
        ("x.dex.example.org", False),
    ],
)
def test_a_renewed_certificate_of_somebody_else_is_left_alone(
    host: Host, domains: str, *, taken: bool
) -> None:
    host.renewed("any")

    assert host.hook(domains).returncode == 0
    assert (host.held == both("any")) is taken
    assert host.was_reloaded is taken


def test_a_pair_that_nginx_refuses_is_not_kept(host: Host) -> None:
    host.install(*host.renewed("first"))
    host.asked.write_text("")

    told = host.install(*host.renewed("BAD"))

    assert told.returncode == 1
    assert "goes on with the one before" in told.stderr
    assert host.held == both("first")  # nothing else is left lying about
    assert not host.was_reloaded


def test_where_nginx_does_not_run_it_is_there_for_its_start(host: Host) -> None:
    host.runs.unlink()

    told = host.install(*host.renewed("first"))

    assert told.returncode == 0
    assert "when it starts" in told.stdout
    assert host.held == both("first")
    assert not host.was_reloaded


def test_where_nobody_can_say_whether_nginx_runs_the_hook_fails_so_that_somebody_looks(host: Host) -> None:
    host.silent.touch()

    told = host.install(*host.renewed("first"))

    assert told.returncode == 1
    assert "may hold the certificate of before" in told.stderr
    host.silent.unlink()
    assert host.install(*host.renewed("first")).returncode == 0
    assert host.was_reloaded


def test_before_the_first_start_nobody_is_asked(host: Host) -> None:
    (host.etc / "compose.env").write_text("SERVER_NAMES=dex.example.org\n")
    host.silent.touch()

    told = host.install(*host.renewed("first"))

    assert (told.returncode, told.stdout) == (0, "nginx reads the certificate when it starts.\n")
    assert host.held == both("first")
