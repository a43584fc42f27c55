"""scripts/setup-backups.sh as an operator calls it, with a docker that only notes what it is asked."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "setup-backups.sh"
STATE = "SERVER_NAMES=localhost\nSERVICES=1\nBLUE=0.1.0\nGREEN=0.1.0\nRELEASE=0.1.0\nOPEN=blue\n"
KEY = f"age1{'q' * 58}"
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="the operator is root")


def set_up(folder: Path, *words: str) -> tuple[int, str]:
    """Run it. Returns its exit status, and what docker was asked."""
    etc, asked, docker = folder / "etc", folder / "asked", folder / "docker"
    if not etc.exists():
        (etc / "secrets").mkdir(parents=True)
        (etc / "compose.env").write_text(STATE)
        (etc / "biologidex.env").touch()
    docker.write_text(f'#!/bin/sh\necho "$*" >> {asked}\ntest ! -e {folder}/broken\n')
    docker.chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "BIOLOGIDEX_ETC": str(etc)}
    done = subprocess.run(["sh", str(SCRIPT), KEY, *words], env=environment, capture_output=True, check=False)
    said = asked.read_text()
    asked.unlink()
    return done.returncode, said


def test_what_could_not_be_started_is_started_by_the_same_command(tmp_path: Path) -> None:
    (tmp_path / "broken").touch()
    first, _ = set_up(tmp_path)
    (tmp_path / "broken").unlink()

    again, asked = set_up(tmp_path)

    assert (first, again) == (1, 0)
    assert asked.endswith(" backup\n")


def test_what_backs_up_is_started_anew_only_if_it_is_told_something_new(tmp_path: Path) -> None:
    first, at_first = set_up(tmp_path)
    _, then = set_up(tmp_path)
    _, elsewhere = set_up(tmp_path, str(tmp_path / "nas"))

    assert first == 0
    assert ["force-recreate" in asked for asked in (at_first, then, elsewhere)] == [True, False, True]


def test_what_backs_up_is_told_what_it_could_not_be_told_before(tmp_path: Path) -> None:
    set_up(tmp_path)
    (tmp_path / "broken").touch()
    set_up(tmp_path, str(tmp_path / "nas"))
    (tmp_path / "broken").unlink()

    _, asked = set_up(tmp_path)

    assert "force-recreate" in asked
