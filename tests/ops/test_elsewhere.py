"""Commands that look after a server, called where none is: they say so, and leave nothing behind."""

import subprocess
from pathlib import Path

import pytest

from running import COMMAND, environment_of, free_port


def called(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = environment_of(folder, PORT=str(free_port()))
    return subprocess.run([COMMAND, *words], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ("monitor --once", 1, "unreachable"),
        ("doctor", 1, "unreachable"),
        ("backup", 1, "There is no server in"),
        ("backup --list", 0, ""),
        ("drill", 1, "There is no server in"),
        ("staff ann --everything", 1, "The database cannot be used"),
        ("audit", 1, "The database cannot be used"),
    ],
)
def test_nothing_is_begun_where_no_server_is(tmp_path: Path, words: str, status: int, said: str) -> None:
    told = called(tmp_path / "var", *words.split())

    assert told.returncode == status, told.stdout + told.stderr
    assert said in told.stdout + told.stderr
    assert "Traceback" not in told.stderr
    assert list(tmp_path.iterdir()) == []
