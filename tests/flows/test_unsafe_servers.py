"""A server with settings that would let others in too far ends with a sentence, whoever starts it."""

import subprocess
from pathlib import Path

import pytest

from running import COMMAND, environment_of, free_port


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "status"),
    [
        ([COMMAND, "serve"], 1),
        ([str(Path(COMMAND).parent / "gunicorn"), "--no-control-socket", "biologidex.config.wsgi"], 3),
    ],
)
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"BIOLOGIDEX_SECRET_KEY": "change-me"}, "BIOLOGIDEX_SECRET_KEY is short"),
        ({"BIOLOGIDEX_DEBUG": "true", "BIOLOGIDEX_HOST": "0.0.0.0"}, "Unset BIOLOGIDEX_DEBUG"),
        ({"BIOLOGIDEX_SITE_URL": "http://dex.example.org"}, "Put https:// there"),
    ],
)
def test_such_a_server_ends_before_it_listens(
    tmp_path: Path, command: list[str], status: int, wrong: dict[str, str], sentence: str
) -> None:
    port = str(free_port())

    ended = subprocess.run(
        [*command, *(["--bind", f"127.0.0.1:{port}"] if status == 3 else [])],
        env=environment_of(tmp_path, PORT=port, **wrong),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == status
    assert sentence in ended.stderr
    assert "change-me" not in ended.stderr
    assert not (tmp_path / "biologidex.sqlite3").exists()
