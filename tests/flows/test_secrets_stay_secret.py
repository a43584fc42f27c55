"""What is secret stands nowhere that others look."""

import secrets
from pathlib import Path

import pytest

from running import server


@pytest.mark.slow
def test_no_list_of_processes_shows_a_secret(data_folder: Path, tmp_path: Path) -> None:
    key, token = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    (tmp_path / "key").write_text(key)
    (tmp_path / "token").write_text(token)
    files = {
        "BIOLOGIDEX_SECRET_KEY_FILE": str(tmp_path / "key"),
        "BIOLOGIDEX_METRICS_TOKEN_FILE": str(tmp_path / "token"),
    }

    with server(data_folder, **files) as running:
        shown = processes() + running.log.read_text()

    assert "biologidex" in shown
    assert not [secret for secret in (key, token) if secret in shown]


def processes() -> str:
    """What `ps auxwwe` shows to the one who runs the server: commands and environments."""
    found = [*Path("/proc").glob("[0-9]*/cmdline"), *Path("/proc").glob("[0-9]*/environ")]
    return "".join(_read(file) for file in found)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:  # ended meanwhile, or somebody else's
        return ""
