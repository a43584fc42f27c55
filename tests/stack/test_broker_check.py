"""A start is refused on a broker that could lose work, with a sentence; not on one that is merely down."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from biologidex.core import checks
from running import COMMAND, environment_of, free_port
from stack import redis_servers
from stack.redis_servers import RedisServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(redis_servers.program() is None, reason="apt install redis-tools"),
]


@pytest.fixture(scope="module")
def broker() -> Iterator[RedisServer]:
    with redis_servers.broker() as server:
        yield server


@pytest.fixture(scope="module")
def cache() -> Iterator[RedisServer]:
    with redis_servers.cache() as server:
        yield server


@pytest.fixture(autouse=True)
def _celery(settings: Any) -> None:
    settings.JOBS_BACKEND = "celery"


def run(*command: str, folder: Path, broker: str) -> subprocess.CompletedProcess[str]:
    """Run a program as one that uses this broker."""
    environment = environment_of(folder, BIOLOGIDEX_JOBS_BACKEND="celery", BIOLOGIDEX_BROKER_URL=broker)
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("command", ["worker", "beat", "serve"])
def test_nothing_starts_on_a_broker_that_evicts(cache: RedisServer, settings: Any, command: str) -> None:
    settings.BROKER_URL = cache.address

    with pytest.raises(CommandError, match=r"maxmemory-policy allkeys-lru\): queued work would vanish"):
        call_command(command)


def test_whoever_starts_it_reads_one_sentence(cache: RedisServer, tmp_path: Path) -> None:
    outcome = run(COMMAND, "worker", folder=tmp_path, broker=cache.address)

    assert outcome.returncode == 1
    assert outcome.stderr.startswith("CommandError: The broker evicts")
    assert "Traceback" not in outcome.stderr


def test_a_web_server_of_the_self_hosted_mode_does_not_start_either(
    cache: RedisServer, tmp_path: Path
) -> None:
    gunicorn = [
        str(Path(COMMAND).parent / "gunicorn"),
        f"--bind=127.0.0.1:{free_port()}",
        "--no-control-socket",
    ]

    outcome = run(*gunicorn, "biologidex.config.wsgi", folder=tmp_path, broker=cache.address)

    assert outcome.returncode == 3
    assert "queued work would vanish" in outcome.stderr


def test_one_redis_cannot_be_both(broker: RedisServer, settings: Any) -> None:
    settings.BROKER_URL, settings.CACHE_URL = broker.address, f"{broker.address.removesuffix('0')}1"

    with pytest.raises(checks.Unsafe, match="name the same Redis"):
        checks.refuse_unsafe()


def test_a_wrong_password_is_told_without_being_shown(broker: RedisServer, settings: Any) -> None:
    settings.BROKER_URL = broker.address_of("broker", password="guessed-wrongly")

    with pytest.raises(checks.Unsafe, match="refuses the user or the password") as refusal:
        checks.refuse_unsafe()

    assert "guessed" not in str(refusal.value)


def test_check_deploy_names_what_is_wrong(cache: RedisServer, settings: Any) -> None:
    settings.BROKER_URL = cache.address

    with pytest.raises(CommandError, match=r"core\.E003"):
        call_command("check", deploy=True, tags=["broker"])


def test_two_that_are_apart_pass(broker: RedisServer, cache: RedisServer, settings: Any) -> None:
    settings.BROKER_URL, settings.CACHE_URL = broker.address, cache.address

    assert checks.broker() == []


def test_one_that_is_down_is_mentioned_and_stops_nobody(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.BROKER_URL = f"redis://127.0.0.1:{free_port()}"

    checks.refuse_unsafe()

    assert "The broker cannot be reached just now" in caplog.text


def test_without_celery_nobody_asks_for_a_broker(settings: Any) -> None:
    settings.JOBS_BACKEND = "threads"

    assert checks.broker() == []
    with pytest.raises(CommandError, match="Set BIOLOGIDEX_JOBS_BACKEND=celery"):
        call_command("worker")


def test_celery_without_a_broker_is_refused_by_name(tmp_path: Path) -> None:
    assert "needs BIOLOGIDEX_BROKER_URL" in run(COMMAND, "worker", folder=tmp_path, broker="").stderr
