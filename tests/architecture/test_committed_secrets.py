"""What would open a door is noticed before it lands: `make check` looks for it."""

import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
KEY_OF_A_CLOUD = "AKIA" + "QWERTYUIOPASDFGH"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with the project's own check in it."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(PROJECT / "scripts/secrets.sh", tmp_path / "scripts")
    shutil.copy(PROJECT / ".secrets.baseline", tmp_path)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    return tmp_path


def checked(checkout: Path, name: str, content: str) -> subprocess.CompletedProcess[str]:
    (checkout / name).write_text(content, encoding="utf-8")
    subprocess.run(["git", "-C", checkout, "add", name], check=True)
    return subprocess.run([checkout / "scripts/secrets.sh"], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bucket.py", f'KEY = "{KEY_OF_A_CLOUD}"\n'),
        (".env", "DB_PASSWORD=Gq7vLw2xPz9sKd4t\n"),  # pragma: allowlist secret
        ("tls.pem", "-----BEGIN " + "PRIVATE KEY-----\n"),
    ],
)
def test_a_secret_stops_what_is_about_to_land_and_is_named(checkout: Path, name: str, content: str) -> None:
    result = checked(checkout, name, content)

    assert result.returncode != 0
    assert name in result.stdout


def test_a_file_without_secrets_passes(checkout: Path) -> None:
    result = checked(checkout, "settings.py", 'KEY_FILE = "/run/secrets/key"\n')

    assert result.returncode == 0, result.stdout
