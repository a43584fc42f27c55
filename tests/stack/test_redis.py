"""The two Redis of deploy/redis: what each lets its users do, and what each keeps."""

import time
from collections.abc import Iterator

import pytest
from redis.exceptions import AuthenticationError, NoPermissionError, OutOfMemoryError

from stack import redis_servers
from stack.redis_servers import RedisServer, at

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(redis_servers.program() is None, reason="apt install redis-tools"),
]
FORBIDDEN = ["FLUSHALL", "FLUSHDB", "KEYS *", "CONFIG GET *", "DEBUG JMAP", "SHUTDOWN NOSAVE"]


@pytest.fixture
def broker() -> Iterator[RedisServer]:
    with redis_servers.broker() as server:
        yield server


@pytest.fixture
def cache() -> Iterator[RedisServer]:
    with redis_servers.cache(maxmemory="4mb") as server:
        yield server


@pytest.mark.parametrize("command", FORBIDDEN)
def test_the_application_may_not_destroy_or_list_anything(
    broker: RedisServer, cache: RedisServer, command: str
) -> None:
    for server in (broker, cache):
        assert "no permissions" in server.admin().acl_dryrun(server.kind, *command.split())


def test_the_application_is_told_that_it_may_not(broker: RedisServer) -> None:
    with pytest.raises(NoPermissionError):
        broker.client("broker").flushall()


def test_nobody_gets_in_without_a_password_or_with_another_ones(broker: RedisServer) -> None:
    with pytest.raises(AuthenticationError):
        at(f"redis://127.0.0.1:{broker.port}").ping()
    with pytest.raises(AuthenticationError):
        at(broker.address_of("broker", password="guess")).ping()
    with pytest.raises(AuthenticationError):
        at(broker.address_of("exporter", password=broker.passwords["app"])).ping()


def test_whoever_reads_numbers_reads_no_values(broker: RedisServer) -> None:
    broker.client("broker").lpush("bulk", "message")
    exporter = broker.client("exporter")

    assert exporter.info("memory")["maxmemory_policy"] == "noeviction"
    assert exporter.llen("bulk") == 1
    with pytest.raises(NoPermissionError):
        exporter.lrange("bulk", 0, -1)


def test_secrets_are_readable_by_their_owner_only(broker: RedisServer) -> None:
    readable = {
        file.name: oct(file.stat().st_mode & 0o777) for file in broker.folder.iterdir() if file.is_file()
    }
    del readable["redis.log"]

    assert readable == {"broker.acl": "0o600", "broker.conf": "0o600", "address": "0o600"}
    assert broker.passwords["app"] not in (broker.folder / "broker.acl").read_text()


@pytest.mark.parametrize(
    ("name", "of_broker", "of_cache"),
    [
        ("maxmemory-policy", "noeviction", "allkeys-lru"),
        ("appendonly", "yes", "no"),
        ("appendfsync", "everysec", "everysec"),
        ("save", "900 1 300 10 60 10000", ""),
        ("stop-writes-on-bgsave-error", "yes", "yes"),
        ("timeout", "0", "0"),
        ("tcp-keepalive", "60", "60"),
        ("tcp-backlog", "511", "511"),
        ("protected-mode", "yes", "yes"),
        ("logfile", "", ""),
    ],
)
def test_the_numbers_of_each_hold(
    broker: RedisServer, cache: RedisServer, name: str, of_broker: str, of_cache: str
) -> None:
    told = [server.admin().config_get(name)[name] for server in (broker, cache)]

    assert told == [of_broker, of_cache]


def test_a_cache_filled_to_its_cap_leaves_the_broker_alone(broker: RedisServer, cache: RedisServer) -> None:
    queue = broker.client("broker")
    for number in range(200):
        queue.lpush("bulk", f"message {number}")
    shelf = cache.client("cache")

    for number in range(6000):
        shelf.set(f"page {number}", "x" * 1000)

    assert cache.admin().info("stats")["evicted_keys"] > 1000
    assert queue.llen("bulk") == 200
    assert broker.admin().info("stats")["evicted_keys"] == 0


def test_a_full_broker_refuses_and_keeps_what_it_has() -> None:
    with redis_servers.broker(maxmemory="3mb") as small:
        queue = small.client("broker")
        queue.lpush("bulk", "first")
        with pytest.raises(OutOfMemoryError):
            for _ in range(5000):
                queue.lpush("bulk", "x" * 1000)

        assert queue.rpop("bulk") == "first"


def test_a_killed_broker_comes_back_with_its_messages(broker: RedisServer) -> None:
    broker.client("broker").lpush("bulk", *range(500))
    time.sleep(1.2)  # it writes every second: what a power cut may take is younger

    broker.kill()
    broker.start()

    assert broker.client("broker").llen("bulk") == 500


def test_a_cache_writes_nothing_to_disk(cache: RedisServer) -> None:
    cache.client("cache").set("page", "text")
    cache.stop()

    assert list((cache.folder / "data").iterdir()) == []


def test_the_cache_tells_news_in_one_channel_and_listens_to_no_other(cache: RedisServer) -> None:
    def answer(*command: str) -> str:
        return str(cache.admin().acl_dryrun("cache", *command))

    assert answer("PUBLISH", "biologidex.live", "x") == answer("SUBSCRIBE", "biologidex.live") == "OK"
    assert "no permissions" in answer("PUBLISH", "another", "x")
    assert "no permissions" in answer("SUBSCRIBE", "another")
