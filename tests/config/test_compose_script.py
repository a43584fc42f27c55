"""scripts/compose.sh as an operator calls it, with a docker that only says what it is asked."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "compose.sh"


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """A server whose green side is open."""
    (tmp_path / "compose.env").write_text(
        "SERVICES=1\nOPEN=green\nPROFILES=backup monitoring\nCOMPOSE_MORE=deploy/a.yaml /b.yaml\n"
    )
    docker = tmp_path / "docker"
    docker.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    docker.chmod(0o755)
    return tmp_path


def asked(host: Path, *words: str) -> list[str]:
    """Return what Docker was asked, without the files and profiles that come first."""
    environment = {"PATH": f"{host}:{os.environ['PATH']}", "BIOLOGIDEX_ETC": str(host)}
    done = subprocess.run(["sh", SCRIPT, *words], env=environment, check=True, capture_output=True, text=True)
    said = done.stdout.splitlines()
    return said[len(said) - said[::-1].index("monitoring") :]


def test_the_operators_files_and_profiles_go_along(host: Path) -> None:
    environment = {"PATH": f"{host}:{os.environ['PATH']}", "BIOLOGIDEX_ETC": str(host)}
    done = subprocess.run(["sh", SCRIPT, "ps"], env=environment, check=True, capture_output=True, text=True)

    words = done.stdout.split()
    assert words[:3] == ["compose", "--env-file", str(host / "compose.env")]
    files = [words[place + 1] for place, word in enumerate(words) if word == "-f"][1:]
    assert files == [str(SCRIPT.parents[1] / "deploy/a.yaml"), "/b.yaml"]
    profiles = [words[place + 1] for place, word in enumerate(words) if word == "--profile"]
    assert profiles == ["blue", "green", "backup", "monitoring"]


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["logs", "web", "worker"], ["logs", "web-green-2", "web-green-1", "worker-green"]),
        (["up", "-d", "beat", "live"], ["up", "-d", "beat-green", "live-green"]),
        (["ps", "web-blue-1", "db"], ["ps", "web-blue-1", "db"]),
        (["exec", "web", "ls", "web"], ["exec", "-T", "web-green-1", "ls", "web"]),
        (["exec", "db", "psql", "-c", "SELECT  'worker'"], ["exec", "-T", "db", "psql", "-c", "SELECT  'worker'"]),
        (["run", "--rm", "migrate", "echo", "web"], ["run", "--rm", "migrate", "echo", "web"]),
    ],
)  # fmt: skip
def test_a_process_is_the_one_of_the_side_that_is_open(
    host: Path, words: list[str], meant: list[str]
) -> None:
    assert asked(host, *words) == meant


def test_what_the_application_is_told_compose_knows_too_but_its_own_file_counts(host: Path) -> None:
    (host / "biologidex.env").touch()
    environment = {"PATH": f"{host}:{os.environ['PATH']}", "BIOLOGIDEX_ETC": str(host)}

    done = subprocess.run(["sh", SCRIPT, "ps"], env=environment, check=True, capture_output=True, text=True)

    words = done.stdout.split()
    files = [words[place + 1] for place, word in enumerate(words) if word == "--env-file"]
    assert files == [str(host / "biologidex.env"), str(host / "compose.env")]
