"""scripts/restore.sh as an operator calls it, with a docker that only notes what it is asked."""

import os
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
SCRIPT, ROLES = TOP / "scripts" / "restore.sh", TOP / "deploy" / "postgres" / "roles.sql"
NEW_MACHINE = "SERVER_NAMES=localhost\nSERVICES=1\nPROFILES=backup\n"  # pragma: allowlist secret
SERVING = f"{NEW_MACHINE}BLUE=0.1.0\nGREEN=0.1.0\nRELEASE=0.1.0\nOPEN=blue\n"
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="the operator is root")


def restore(folder: Path, state: str, *words: str, fails: bool = False) -> tuple[int, str]:
    """Run it. Returns its exit status and what docker was asked."""
    asked, etc = folder / "asked", folder / "etc"
    (etc / "secrets").mkdir(parents=True)
    (etc / "compose.env").write_text(state)
    docker = folder / "docker"
    refusal = 'case "$*" in *"biologidex restore"*) exit 1 ;; esac' if fails else ""
    given = f'case "$*" in *make-roles*) cat > {folder}/given ;; esac'
    docker.write_text(f'#!/bin/sh\necho "$*" >> {asked}\n{given}\n{refusal}\n')
    docker.chmod(0o755)
    done = subprocess.run(
        ["sh", str(SCRIPT), *words],
        env={"PATH": f"{folder}:{os.environ['PATH']}", "BIOLOGIDEX_ETC": str(etc)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, asked.read_text()


@pytest.mark.parametrize(("state", "words"), [(SERVING, []), (NEW_MACHINE, ["--version", "0.1.0"])])
def test_the_roles_get_the_passwords_of_now_before_anybody_asks(
    tmp_path: Path, state: str, words: list[str]
) -> None:
    status, asked = restore(tmp_path, state, *words)

    then = "pgbouncer web-blue-1" if state == SERVING else "stop db"
    steps = ["biologidex restore --latest", "--wait db", "db make-roles", then]
    places = [asked.rindex(step) for step in steps]
    assert status == 0
    assert places == sorted(places)
    assert (tmp_path / "given").read_text() == ROLES.read_text(), "those of this release"


def test_on_a_new_machine_nothing_starts_if_nothing_was_restored(tmp_path: Path) -> None:
    status, asked = restore(tmp_path, NEW_MACHINE, "--version", "0.1.0", fails=True)

    assert status == 1
    assert "up -d" not in asked


def test_what_was_there_serves_again_if_nothing_was_restored(tmp_path: Path) -> None:
    status, asked = restore(tmp_path, SERVING, fails=True)

    assert status == 1
    assert "POSTGRES_VOLUME=postgres\n" in (tmp_path / "etc" / "compose.env").read_text()
    assert "pgbouncer web-blue-1 web-blue-2 live-blue worker-blue beat-blue backup" in asked
