"""The documented environment of a public server passes every check there is, Django's and ours."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from running import COMMAND
from stack.redis_servers import RedisServer, broker, cache, program

pytestmark = pytest.mark.slow
EXAMPLE = Path(__file__).parents[2] / ".env.production.example"


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Give the example as it stands, its files made as it says."""
    if program() is None:
        pytest.skip("Redis is not installed. As root: apt install redis-server")
    with broker() as queue, cache() as memory:
        yield _example(tmp_path, _secrets(queue, memory))


def _secrets(queue: RedisServer, memory: RedisServer) -> dict[str, str]:
    password = secrets.token_hex(24)
    return {
        "secret_key": secrets.token_urlsafe(48),
        "database_url": f"postgres://biologidex_app:{password}@127.0.0.1:6432/biologidex",
        "cache_url": memory.address,
        "broker_url": queue.address,
        "email_url": f"smtp+tls://biologidex:{password}@mail.example.org",
        "metrics_token": secrets.token_hex(24),
    }


def _example(folder: Path, contents: dict[str, str]) -> dict[str, str]:
    for name, content in contents.items():
        (folder / f"biologidex_{name}").write_text(content, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BIOLOGIDEX_")}
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        name, is_set, value = line.partition("=")
        if is_set and not line.startswith("#"):
            kept[name] = value.replace("/run/secrets", str(folder)).replace("/var/lib", str(folder))
    return kept | {"BIOLOGIDEX_METRICS_DIR": str(folder / "metrics")}


def check(
    environment: dict[str, str], *, level: str = "WARNING", **changed: str
) -> subprocess.CompletedProcess[str]:
    command = [COMMAND, "check", "--deploy", "--fail-level", level]
    return subprocess.run(command, env=environment | changed, capture_output=True, text=True, check=False)


def test_check_deploy_finds_nothing(environment: dict[str, str]) -> None:
    checked = check(environment)

    assert (checked.returncode, checked.stderr) == (0, "")
    assert "no issues" in checked.stdout


def test_the_embedded_mode_needs_no_environment(environment: dict[str, str], tmp_path: Path) -> None:
    bare = {name: value for name, value in environment.items() if not name.startswith("BIOLOGIDEX_")}

    checked = check(bare | {"BIOLOGIDEX_DATA_DIR": str(tmp_path / "data")}, level="ERROR")

    assert checked.returncode == 0, checked.stderr


def test_the_cloud_s_environment_is_checked_as_a_server_s_is(environment: dict[str, str]) -> None:
    cloud = {
        "BIOLOGIDEX_DATABASE_URL": f"postgres://biologidex_app:{secrets.token_hex(24)}@/biologidex?host=/cloudsql/one",
        "BIOLOGIDEX_STORAGE_URL": "s3://KEY:SECRET@storage.googleapis.com/photos",  # pragma: allowlist secret
        "PORT": "8080",
    }
    of_a_host = {"BIOLOGIDEX_DATABASE_URL_FILE", "BIOLOGIDEX_HANDOVER_PATH"}

    checked = check({name: value for name, value in environment.items() if name not in of_a_host} | cloud)

    assert checked.returncode == 0, checked.stderr


def test_check_deploy_finds_what_was_made_worse(environment: dict[str, str]) -> None:
    checked = check(environment, BIOLOGIDEX_DEBUG="true", BIOLOGIDEX_ALLOWED_HOSTS="*")

    assert checked.returncode == 1
    assert "config.E002" in checked.stderr
    assert "config.E005" in checked.stderr
