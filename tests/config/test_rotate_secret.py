"""scripts/rotate-secret.sh as an operator calls it, with a docker that only notes what it is asked."""

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
STATE = "SERVER_NAMES=localhost\nSERVICES=1\nBLUE=0.1.0\nGREEN=0.0.9\nRELEASE=0.1.0\nOPEN=blue\n"
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="the operator is root")


class Host:
    """A server in containers, open on its blue side."""

    def __init__(self, folder: Path) -> None:
        self.etc, self.asked, self.told = folder / "etc", folder / "asked", folder / "told"
        self.etc.mkdir()
        (self.etc / "compose.env").write_text(STATE)
        self.broken, self.away = folder / "broken", folder / "away"
        docker = folder / "docker"
        docker.write_text(
            f'#!/bin/sh\necho "$*" >> {self.asked}\n'
            f'case "$*" in *redis-cli*) tee -a {self.told} | sed "s/.*/OK/" ;; esac\n'
            f'case "$*" in *force-recreate*web-*) [ ! -e {self.broken} ] || exit 1 ;; esac\n'
            f'case "$*" in *"backup --setup"*) [ ! -e {self.away} ] || exit 1 ;; esac\n'
        )
        docker.chmod(0o755)
        self.environment = {"PATH": f"{folder}:{os.environ['PATH']}", "BIOLOGIDEX_ETC": str(self.etc)}
        self._run("make-secrets.sh", str(self.etc / "secrets"))

    def _run(self, script: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = ["sh", str(SCRIPTS / script), *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def rotate(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._run("rotate-secret.sh", "--watch", "0", *words)

    @property
    def secrets(self) -> dict[str, str]:
        files = (self.etc / "secrets").iterdir()
        return {file.name.removeprefix("biologidex_"): file.read_text().strip() for file in files}


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


@pytest.mark.parametrize("words", [[], ["email_url"], ["--all", "--what"], ["--all", "--watch", "soon"]])
def test_whoever_calls_it_wrongly_is_told_how_and_nothing_changes(host: Host, words: list[str]) -> None:
    before = host.secrets

    told = host.rotate(*words)

    assert told.returncode == 2
    assert "Usage:" in told.stdout
    assert host.secrets == before


def test_a_dry_run_says_every_step_in_order_and_does_none(host: Host) -> None:
    before = host.secrets

    told = host.rotate("--dry-run", "--all")

    steps = ["Redis takes the new", "Writing", "PostgreSQL takes", "A second pool", "second pool take over"]
    steps += ["The first pool", "first pool take over", "Redis takes the old passwords no more"]
    places = [told.stdout.index(step) for step in steps]
    assert places == sorted(places)
    assert host.secrets == before
    assert not host.asked.exists()


def test_all_are_replaced_those_that_repeat_them_too_and_nobody_elses(host: Host) -> None:
    before = host.secrets

    told = host.rotate("--all")

    after = host.secrets
    assert told.returncode == 0, told.stdout + told.stderr
    assert {name for name in before if before[name] == after[name]} == {
        *("backup_url", "email_url", "smtp_password", "grafana_password")
    }
    assert after["secret_key_fallbacks"] == before["secret_key"]
    assert after["app_password"] in after["replica_url"]
    assert after["backup_password"] in after["backup_database_url"]
    assert after["redis_exporter_password"] in after["redis_exporter_passwords"]
    assert not (host.etc / "rotation").exists()


def test_no_secret_stands_in_a_command_line(host: Host) -> None:
    before = host.secrets

    host.rotate("--all")

    values = {value for value in (*before.values(), *host.secrets.values()) if len(value) > 20}
    assert [value for value in values if value in host.asked.read_text()] == []


def test_what_was_cut_off_is_finished_with_the_same_new_secrets(host: Host) -> None:
    host.broken.touch()
    first = host.rotate("app_password", "cache_url")
    halfway = host.secrets
    host.broken.unlink()

    again = host.rotate("app_password", "cache_url")

    assert first.returncode == 1
    assert "People are served; call this again" in first.stderr
    assert again.returncode == 0, again.stdout + again.stderr
    assert host.secrets == halfway
    said = [line.split() for line in host.told.read_text().splitlines() if "SETUSER" in line]
    assert [(user, change[0]) for _, _, user, change in said] == [("cache", "#"), ("cache", "!")]


def test_a_redis_that_was_started_anew_before_the_files_were_written_is_told_again(host: Host) -> None:
    token = host.etc / "secrets" / "biologidex_metrics_token"
    token.rename(host.etc / "token")
    token.mkdir()  # what cannot be written stands for the lost power
    first = host.rotate("cache_url", "metrics_token")
    token.rmdir()
    (host.etc / "token").rename(token)

    again = host.rotate("cache_url", "metrics_token")

    assert first.returncode == 1
    assert again.returncode == 0, again.stdout + again.stderr
    said = [line.split() for line in host.told.read_text().splitlines() if "SETUSER" in line]
    assert [change[0] for *_, change in said] == ["#", "#", "!"]


def test_backups_are_told_their_new_password(host: Host) -> None:
    with (host.etc / "compose.env").open("a") as state:
        state.write("PROFILES=backup\n")

    told = host.rotate("backup_password")

    steps = ["db make-roles", "--force-recreate --wait backup", "backup biologidex backup --setup"]
    places = [host.asked.read_text().index(step) for step in steps]
    assert told.returncode == 0, told.stdout + told.stderr
    assert places == sorted(places)
    assert " web-" not in host.asked.read_text(), "nobody else knows it"


def test_a_place_of_backups_that_is_away_keeps_nothing_else_from_being_replaced(host: Host) -> None:
    (host.etc / "compose.env").write_text(f"{STATE}PROFILES=backup replica\n")
    host.away.touch()

    first = host.rotate("--all")
    asked = host.asked.read_text()
    host.away.unlink()
    again = host.rotate("--all")

    assert first.returncode == 1
    assert "People are served; call this again" in first.stderr
    assert asked.index("rm -s -f pgbouncer-next") < asked.rindex("redis-cli") < asked.index("backup --setup")
    assert "The one before was cut off and goes on" in again.stdout
    assert again.returncode == 0, again.stdout + again.stderr


def test_a_key_that_somebody_may_have_counts_no_more(host: Host) -> None:
    host.rotate("secret_key")
    assert host.secrets["secret_key_fallbacks"] != ""

    host.rotate("secret_key_fallbacks")

    assert host.secrets["secret_key_fallbacks"] == ""


def test_a_second_one_is_turned_away_while_one_runs(host: Host) -> None:
    with (host.etc / "rotation.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert host.rotate("--all").returncode == 4
