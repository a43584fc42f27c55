"""What Redis tells about itself, and whether that is fit for a broker."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 -- their names there
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError
from redis.retry import Retry


def look() -> list[CheckMessage]:
    """Return what is wrong with the broker: errors are reasons not to start, warnings are not."""
    try:
        broker = _ask(settings.BROKER_URL)
    except AuthenticationError:
        return [
            Error("The broker refuses the user or the password in BIOLOGIDEX_BROKER_URL.", id="core.E001")
        ]
    except NoPermissionError:
        return [Error("The user in BIOLOGIDEX_BROKER_URL may not ask the broker for INFO.", id="core.E002")]
    except RedisError as error:
        return [
            Warning(f"The broker cannot be reached just now ({type(error).__name__}).", id="core.W001"),
        ]
    return [*_eviction(broker), *_sharing(broker)]


def _eviction(broker: dict[str, Any]) -> list[CheckMessage]:
    policy = broker["maxmemory_policy"]
    if policy == "noeviction":
        return []
    return [
        Error(
            f"The broker evicts what it has no room for (maxmemory-policy {policy}): queued work would vanish without "
            "an error. Set maxmemory-policy noeviction, see deploy/redis/broker.conf.",
            id="core.E003",
        )
    ]


def _sharing(broker: dict[str, Any]) -> list[CheckMessage]:
    if not settings.CACHE_URL:
        return []
    try:
        cache = _ask(settings.CACHE_URL)
    except RedisError:
        return []  # the cache says so itself
    if broker["run_id"] != cache["run_id"]:
        return []
    return [
        Error(
            "BIOLOGIDEX_BROKER_URL and BIOLOGIDEX_CACHE_URL name the same Redis: a full cache would stop all work. "
            "Run two, see deploy/redis.",
            id="core.E004",
        )
    ]


def _ask(address: str) -> dict[str, Any]:
    """Return what a Redis tells about itself."""
    once = Retry(NoBackoff(), 0)
    with Redis.from_url(address, socket_connect_timeout=1, socket_timeout=2, retry=once) as redis:
        told: dict[str, Any] = {**redis.info("server"), **redis.info("memory")}
    return told
