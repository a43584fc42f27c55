"""scripts/backup.sh: the right thing in each installation, and never quietly nothing."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "backup.sh"
INSTALLED = '#!/bin/sh\necho "biologidex $*" >> "{log}"\n{more}\n'


def program(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.write_text(text)
    file.chmod(0o755)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """Return a server's folder without an environment of its own, with programs that stand for the installed ones."""
    for name in ("scripts", "bin"):
        (tmp_path / name).mkdir()
    for name in ("backup.sh", "in-server.sh", "compose.sh", "state.sh"):
        program(tmp_path / "scripts", name, SCRIPT.with_name(name).read_text())
    program(tmp_path / "bin", "docker", "#!/bin/sh\n")
    program(tmp_path / "bin", "biologidex", INSTALLED.format(log=tmp_path / "log", more=""))
    return tmp_path


def run(top: Path, *words: str) -> subprocess.CompletedProcess[str]:
    path = f"{top / 'bin'}:/usr/bin:/bin"
    return subprocess.run(
        ["sh", top / "scripts/backup.sh", *words],
        env=os.environ | {"PATH": path, "BIOLOGIDEX_ETC": str(top / "etc")},
        check=False,
        capture_output=True,
        text=True,
    )


def done(top: Path) -> list[str]:
    log = top / "log"
    return log.read_text().splitlines() if log.exists() else []


def test_it_makes_a_backup_and_proves_that_it_can_be_restored(top: Path) -> None:
    assert run(top).returncode == 0
    assert done(top) == ["biologidex backup", "biologidex drill"]


def test_a_backup_that_failed_is_told_and_not_tried_out(top: Path) -> None:
    program(top / "bin", "biologidex", INSTALLED.format(log=top / "log", more="exit 1"))

    assert run(top).returncode == 1
    assert done(top) == ["biologidex backup"]


def test_words_are_those_of_the_command(top: Path) -> None:
    assert run(top, "--list", "--json").returncode == 0
    assert done(top) == ["biologidex backup --list --json"]


def test_in_containers_whoever_backs_up_does_it(top: Path) -> None:
    (top / "etc").mkdir()
    (top / "etc" / "compose.env").write_text("PROFILES=backup\n")
    program(top / "bin", "docker", f'#!/bin/sh\necho "$*" >> "{top / "log"}"\n')

    assert run(top).returncode == 0
    assert [line.rpartition("exec -T ")[2] for line in done(top)] == [
        "backup biologidex backup",
        "backup biologidex drill",
    ]
