"""gunicorn's configuration can be read, and adds up."""

import subprocess
import sys
from pathlib import Path

import pytest

from running import environment_of
from stack.programs import DEPLOY

pytestmark = pytest.mark.slow
GUNICORN = str(Path(sys.executable).parent / "gunicorn")


def asked(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [GUNICORN, "-c", str(DEPLOY / "gunicorn.conf.py"), *words, "biologidex.config.wsgi"]
    return subprocess.run(
        command, env=environment_of(folder, **environment), check=False, capture_output=True, text=True
    )


def test_it_holds_together_and_finds_the_application(data_folder: Path) -> None:
    answer = asked("--check-config", folder=data_folder)

    assert answer.returncode == 0, answer.stderr


def test_its_numbers_come_from_the_environment(data_folder: Path) -> None:
    told = asked(
        "--print-config",
        folder=data_folder,
        BIOLOGIDEX_WEB_WORKERS="3",
        BIOLOGIDEX_WEB_THREADS="5",
        PORT="8123",
    ).stdout
    settings = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    shown = {name.strip(): value.strip() for name, value in settings.items()}

    assert shown["workers"] == "3"
    assert shown["threads"] == "5"
    assert "WebWorker" in shown["worker_class"]
    assert (shown["max_requests"], shown["max_requests_jitter"]) == ("1000", "50")
    assert (shown["timeout"], shown["graceful_timeout"], shown["keepalive"]) == ("60", "30", "75")
    assert "127.0.0.1:8123" in shown["bind"]
