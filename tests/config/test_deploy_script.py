"""scripts/deploy.sh as an operator calls it, with a docker that only notes what it is asked.

It knows no image by the name of `unknown`, refuses the migrations of every other but `0.1.1` and `0.1.2`, and the
database's roles of the first of them: it keeps what it was given for them. `0.1.2` takes its time over migrations.
What is asked of another release than compose.env's is noted with its name.
"""

import fcntl
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from biologidex.ops.management.commands import deploy
from running import COMMAND

SCRIPT = Path(__file__).parents[2] / "scripts" / "deploy.sh"
STATE = "SERVER_NAMES=localhost\nSERVICES=1\nBLUE=0.1.0\nGREEN=0.0.9\nRELEASE=0.1.0\nOPEN=blue\n"


class Host:
    """A server with a release on its blue side."""

    def __init__(self, folder: Path) -> None:
        self.etc, self.asked = folder / "etc", folder / "asked"
        self.etc.mkdir()
        self.asked.touch()
        (self.etc / "compose.env").write_text(STATE)
        docker = folder / "docker"
        self.roles = folder / "roles.sql"
        docker.write_text(
            f'#!/bin/sh\necho "$*${{RELEASE:+ of $RELEASE}}" >> {self.asked}\ncase "$*" in\n'
            f"*unknown*) echo 'lookup registry.example.org: no such host' >&2; exit 1 ;;\n"
            f"*expand-only*) grep -q RELEASE=0.1.[12] {self.etc}/compose.env || exit 1\n"
            f"    if grep -q RELEASE=0.1.2 {self.etc}/compose.env; then touch {folder}/migrating; sleep 2; fi ;;\n"
            f"*make-roles*) cat > {self.roles}; ! grep -q RELEASE=0.1.1 {self.etc}/compose.env ;;\n"
            f"*'no-deps backup') test ! -e {folder}/no-backups ;;\n"
            f"*curl*) test ! -e {folder}/down ;;\n*' up '*) rm -f {folder}/down; test ! -e {folder}/refused ;;\n"
            f"*' logs '*) cat {folder}/refused 2> /dev/null ;;\nversion) test ! -e {folder}/no-docker ;;\n"
            f"esac\n"
        )
        self.down, self.migrating, self.no_backups = (
            folder / name for name in ("down", "migrating", "no-backups")
        )
        docker.chmod(0o755)
        self.path = f"{folder}:{os.environ['PATH']}"

    def deploy(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": self.path, "BIOLOGIDEX_ETC": str(self.etc), **more}
        return subprocess.run(
            ["sh", str(SCRIPT), *words], env=environment, capture_output=True, text=True, check=False
        )

    def cut_off_while_migrating(self, by: signal.Signals) -> int:
        environment = {"PATH": self.path, "BIOLOGIDEX_ETC": str(self.etc)}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(
            ["sh", str(SCRIPT), "0.1.2"], env=environment, start_new_session=True, **quiet
        ) as deployment:
            while not self.migrating.exists():
                time.sleep(0.05)
            os.killpg(deployment.pid, by)
            return deployment.wait(20)

    @property
    def state(self) -> str:
        return (self.etc / "compose.env").read_text()


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


@pytest.mark.parametrize(
    "words", [[], ["--what"], ["--canary", "100", "0.2.0"], ["--watch", "soon", "0.2.0"], ["0.2.0", "0.3.0"]]
)
def test_whoever_calls_it_wrongly_is_told_how(host: Host, words: list[str]) -> None:
    told = host.deploy(*words)

    assert told.returncode == 2
    assert "Usage:" in told.stdout
    assert host.state == STATE


def test_a_dry_run_says_every_step_in_order_and_does_none(host: Host) -> None:
    told = host.deploy("--dry-run", "--canary", "10", "0.2.0")

    steps = ["expand-only --serving 0.1.0", "make-roles", "would: migrate\n"]
    steps += [
        "weight=10;",
        "weight=90;",
        "10.89.77.21:8000 max_fails=1 fail_timeout=2s backup",
        "stop live-blue",
    ]
    places = [told.stdout.index(step) for step in steps]
    assert told.returncode == 0
    assert places == sorted(places)
    assert host.state == STATE
    assert not (host.etc / "upstream").exists()
    assert [line for line in host.asked.read_text().splitlines() if "image inspect" not in line] == []


def test_a_release_without_an_image_changes_nothing(host: Host) -> None:
    told = host.deploy("unknown")

    assert told.returncode == 1
    assert "Nothing was changed" in told.stderr
    assert host.state == STATE


def test_where_images_come_from_a_registry_it_says_why_none_came(host: Host) -> None:
    (host.etc / "compose.env").write_text(f"{STATE}IMAGES=registry.example.org\n")

    told = host.deploy("unknown")

    assert told.returncode == 1
    assert (
        "no image registry.example.org/biologidex:unknown: lookup registry.example.org: no such host"
        in told.stderr
    )


def test_where_they_are_built_here_it_says_what_builds_them(host: Host) -> None:
    assert (
        "localhost/biologidex:unknown: scripts/images.sh unknown builds it." in host.deploy("unknown").stderr
    )


def test_where_docker_itself_is_away_it_says_so(host: Host) -> None:
    (host.etc.parent / "no-docker").touch()

    assert "Docker does not answer" in host.deploy("unknown").stderr


@pytest.mark.parametrize("state", [STATE, "SERVER_NAMES=localhost\nSERVICES=1\n"], ids=["again", "first"])
def test_what_does_not_start_says_why(host: Host, state: str) -> None:
    (host.etc / "compose.env").write_text(state)
    host.down.touch()
    (host.etc.parent / "refused").write_text("biologidex: BIOLOGIDEX_SITE_URL is no address.")

    told = host.deploy("0.1.0")

    assert told.returncode == 1
    assert "It does not start" in told.stderr
    assert "BIOLOGIDEX_SITE_URL is no address" in told.stderr


def test_the_alerts_that_a_release_brings_are_read(host: Host) -> None:
    (host.etc / "compose.env").write_text(f"{STATE}PROFILES=monitoring backup\n")

    told = host.deploy("--watch", "1", "0.1.2")

    assert told.returncode == 0, told.stderr
    alerts, backups = host.asked.read_text().splitlines()[-2:]
    assert alerts.endswith("kill -s HUP prometheus alertmanager")
    assert (host.etc / "alerts.env").exists()
    assert backups.endswith("up -d --no-deps backup")


def test_what_is_open_is_not_deployed_again(host: Host) -> None:
    told = host.deploy("0.1.0")

    assert told.returncode == 0
    assert "already open, on the blue side" in told.stdout
    assert not any(word in host.asked.read_text() for word in (" up ", " stop ", " rm ", "migrate"))


def test_what_is_open_but_does_not_run_is_started(host: Host) -> None:
    host.down.touch()

    told = host.deploy("0.1.0")

    assert told.returncode == 0, told.stderr
    assert (
        "0.1.0 is open on the blue side, but web-blue-1 is not well: what does not run is started"
        in told.stdout
    )
    [started] = [line for line in host.asked.read_text().splitlines() if " up " in line]
    assert started.endswith("nginx web-blue-1 web-blue-2 live-blue worker-blue beat-blue")
    assert host.state == STATE


@pytest.mark.parametrize("by", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_interrupted_before_the_release_has_started_it_leaves_everything_as_it_was(
    host: Host, by: signal.Signals
) -> None:
    assert host.cut_off_while_migrating(by) == 1
    assert sorted(host.state.splitlines()) == sorted(STATE.splitlines())


def test_after_a_deployment_that_was_killed_a_rollback_knows_the_release_of_before(host: Host) -> None:
    host.cut_off_while_migrating(signal.SIGKILL)
    assert "GREEN=0.1.2" in host.state

    told = host.deploy("--dry-run", "--rollback")

    assert "0.0.9 comes on the green side" in told.stdout


def test_after_a_deployment_that_was_killed_the_next_one_ends_what_it_has_started(host: Host) -> None:
    host.cut_off_while_migrating(signal.SIGKILL)

    told = host.deploy("0.1.0")

    assert told.returncode == 0, told.stderr
    assert sorted(host.state.splitlines()) == sorted(STATE.splitlines())
    assert any("stop live-green" in line for line in host.asked.read_text().splitlines())


def test_what_is_open_is_started_anew_on_the_other_side(host: Host) -> None:
    told = host.deploy("--dry-run", "--again")

    assert told.returncode == 0
    assert "0.1.0 comes on the green side" in told.stdout
    assert "migrate" not in told.stdout


def test_a_rollback_brings_back_what_the_other_side_had(host: Host) -> None:
    told = host.deploy("--dry-run", "--rollback")

    assert "0.0.9 comes on the green side" in told.stdout
    assert "migrate" not in told.stdout


def test_a_release_that_was_started_anew_still_knows_the_one_of_before(host: Host) -> None:
    (host.etc / "compose.env").write_text(STATE.replace("0.0.9", "0.1.0") + "PREVIOUS=0.0.8\n")

    told = host.deploy("--dry-run", "--rollback")

    assert "0.0.8 comes on the green side" in told.stdout


def test_where_there_was_no_other_release_a_rollback_is_refused(host: Host) -> None:
    (host.etc / "compose.env").write_text(STATE.replace("0.0.9", "0.1.0"))

    told = host.deploy("--rollback")

    assert told.returncode == 1
    assert "there is no release of before" in told.stderr


def test_backups_that_cannot_be_taken_along_are_told_at_the_end_and_the_release_stays_open(
    host: Host,
) -> None:
    (host.etc / "compose.env").write_text("SERVICES=1\nPROFILES=backup\n")
    host.no_backups.touch()

    told = host.deploy("0.1.0")

    assert told.returncode == 5
    assert "The backup service of 0.1.0 does not start" in told.stderr
    assert "OPEN=blue" in host.state


def test_backups_that_stayed_behind_are_taken_along_by_the_same_command(host: Host) -> None:
    (host.etc / "compose.env").write_text("SERVICES=1\nPROFILES=backup\n")
    host.no_backups.touch()
    codes = [host.deploy("0.1.0").returncode, host.deploy("0.1.0").returncode]
    host.no_backups.unlink()

    told = host.deploy("0.1.0")

    assert codes == [5, 5]
    assert told.returncode == 0, told.stderr
    assert "already open, on the blue side" in told.stdout
    assert host.asked.read_text().splitlines()[-1].endswith("up -d --no-deps backup")


def test_a_dry_run_fetches_no_image(host: Host) -> None:
    told = host.deploy("--dry-run", "unknown")

    assert told.returncode == 0
    assert "would: docker pull -q localhost/biologidex:unknown" in told.stdout
    assert "pull" not in host.asked.read_text()


def test_a_release_whose_migrations_are_refused_touches_neither_tables_nor_processes(host: Host) -> None:
    told = host.deploy("0.2.0")

    asked = host.asked.read_text().splitlines()
    assert told.returncode == 1
    assert "Its migrations are refused. 0.1.0 serves as before." in told.stderr
    looking, tidying = asked[-2:]
    assert "expand-only --serving 0.1.0" in looking
    assert tidying.startswith("rm -f ")
    assert sorted(host.state.splitlines()) == sorted(STATE.splitlines())
    assert not (host.etc / "upstream").exists()


def test_the_roles_are_those_of_the_release_that_comes_and_without_them_nothing_else_does(host: Host) -> None:
    """The image of PostgreSQL, which has some too, may be of an older one."""
    told = host.deploy("0.1.1")

    assert told.returncode == 1
    assert "could not be brought up to date. 0.1.0 serves as before." in told.stderr
    assert host.roles.read_text() == (SCRIPT.parents[1] / "deploy/postgres/roles.sql").read_text()
    assert host.asked.read_text().splitlines()[-1].endswith("db make-roles -")
    assert sorted(host.state.splitlines()) == sorted(STATE.splitlines())


def test_page_files_of_the_release_that_serves_stay_however_long_it_has_served(host: Host) -> None:
    """What no release has brought for 30 days goes when the next one brings its own."""
    told = host.deploy("--watch", "1", "0.1.2")

    assert told.returncode == 0, told.stderr
    asked = [line for line in host.asked.read_text().splitlines() if "compose" in line and " migrate" in line]
    assert [line.partition(" migrate")[2] for line in asked] == [
        " biologidex expand-only --serving 0.1.0",
        " biologidex page-files --publish /srv/static of 0.1.0",
        "",
    ]


def test_a_release_that_comes_back_after_long_finds_its_page_files(host: Host) -> None:
    told = host.deploy("--watch", "1", "--rollback")

    assert told.returncode == 0, told.stderr
    published = [line for line in host.asked.read_text().splitlines() if "--publish" in line]
    assert [line.partition("/srv/static ")[2] for line in published] == ["of 0.1.0", "of 0.0.9"]


def test_files_that_change_composes_are_named_in_the_state_or_by_who_calls(host: Host) -> None:
    (host.etc / "compose.env").write_text(f"{STATE}COMPOSE_MORE=/a.yaml /b.yaml\n")

    host.deploy("--status")
    host.deploy("--status", COMPOSE_MORE="/c.yaml")

    kept, called = host.asked.read_text().splitlines()
    assert "compose.production.yaml -f /a.yaml -f /b.yaml --profile" in kept
    assert "compose.production.yaml -f /c.yaml --profile" in called


def test_a_second_deployment_is_turned_away_while_one_runs(host: Host) -> None:
    with (host.etc / "deploy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = host.deploy("0.2.0")

    assert told.returncode == 4
    assert host.state == STATE
    assert host.asked.read_text() == ""


@pytest.mark.parametrize(("words", "status"), [(["--status"], 0), (["--canary", "many", "0.1.1"], 2)])
def test_it_is_a_command_of_biologidex_too(host: Host, words: list[str], status: int) -> None:
    environment = {**os.environ, "PATH": host.path, "BIOLOGIDEX_ETC": str(host.etc)}

    ours = subprocess.run(
        [COMMAND, "deploy", *words], env=environment, capture_output=True, text=True, check=False
    )

    scripts = host.deploy(*words)
    assert (ours.returncode, ours.stdout, ours.stderr) == (status, scripts.stdout, scripts.stderr)
    assert status or ours.stdout.startswith("Open: blue   blue: 0.1.0   green: 0.0.9")


def test_where_there_is_no_clone_the_command_says_where_deployments_are_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(deploy, "SCRIPT", tmp_path / "deploy.sh")

    with pytest.raises(CommandError, match="on the host"):
        call_command("deploy", "0.1.1")
