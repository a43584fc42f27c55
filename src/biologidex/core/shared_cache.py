"""The cache that several processes share. While it cannot be reached, it is an empty one that keeps nothing."""

import logging
import os
import pickle
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, cast

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis, exceptions
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

Command = tuple[str | int | bytes, ...]
PAUSE = 2.0  # seconds for which nobody asks again: many who wait for a silent host would take all threads
OPTIONS = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0, "retry": Retry(NoBackoff(), 1)}


def _incr(client: "Client", key: str, delta: int) -> int:
    """Count on, or raise ValueError if there is nothing to count on.

    One step, where Django takes two: a count that ran out between them would have begun anew without an end.
    """
    redis = client.get_client(key, write=True)
    counted = int(redis.incr(key, delta))
    if counted == delta:
        redis.delete(key)
        raise ValueError(f"There is no count named {key}.")
    return counted


def _count_up(client: "Client", windows: Mapping[str, int], wanted: str) -> tuple[list[int], Any]:
    """Count each key once more; one that is not there lasts for its window from now on. Get what is wanted as well.

    All in one round trip, and without redis-py's pipeline, which takes three times as long to do so.
    """
    commands: list[Command] = []
    for key, window in windows.items():
        commands += [("SET", key, 0, "EX", window, "NX"), ("INCR", key)]
    if wanted:
        commands.append(("GET", wanted))
    told = client.exchanged(commands)
    found = told.pop() if wanted else None
    return [int(counted) for counted in told[1::2]], _read(found)


def _claim(client: "Client", key: str, milliseconds: int, wanted: str) -> tuple[bool, Any]:
    """Claim a key if nobody has, and get what is wanted, in one round trip."""
    claimed, found = client.exchanged([("SET", key, 1, "PX", milliseconds, "NX"), ("GET", wanted)])
    return claimed is not None, _read(found)


def _keep(client: "Client", key: str, value: Any, milliseconds: int, claim: str) -> None:
    """Keep a value and let go of a claim, in one round trip."""
    client.exchanged([("SET", key, pickle.dumps(value), "PX", milliseconds), ("DEL", claim)])


def _read(found: bytes | None) -> Any:
    return None if found is None else pickle.loads(found)  # noqa: S301 -- as Django does; only we write there


def _announce(client: "Client", channel: str, message: str) -> bool:
    """Publish. Who may not is told so in the log: it is no reason to go without the cache."""
    try:
        client.exchanged([("PUBLISH", channel, message)])
    except exceptions.ResponseError as error:
        log.warning("nothing can be published in %s: %s", channel, error)
        return False
    return True


def _forgiving(ask: Callable[..., Any], otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """Return `ask` as a method that answers `otherwise` while Redis does not answer."""

    def asked(self: "Client", *args: Any) -> Any:
        if time.monotonic() < Client.silent_until:
            return otherwise(*args)
        try:
            return ask(self, *args)
        except exceptions.RedisError as error:
            Client.silent_until = time.monotonic() + PAUSE
            log.warning(
                "the cache cannot be reached: nothing is kept and nobody held back (%s)", type(error).__name__
            )
            return otherwise(*args)

    return asked


class Client(RedisCacheClient):
    """Asks Redis, and goes without if it does not answer."""

    silent_until = 0.0  # by this process's clock, for all its threads

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asking: Redis | None = None
        self._own = threading.local()

    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        """Return the one client, which threads share. Django makes a new one at every call, which takes longer."""
        if self._asking is None:
            self._asking = super().get_client(key, write=write)
        return self._asking

    def exchanged(self, commands: list[Command]) -> list[Any]:
        """Send commands together and return what each of them told, over a connection of this thread's own.

        One that the server has closed meanwhile is noticed by using it: then it is opened anew, once.
        """
        try:
            return self._exchanged(commands)
        except exceptions.ConnectionError:
            return self._exchanged(commands)

    def _exchanged(self, commands: list[Command]) -> list[Any]:
        connection: Any
        connection, process = getattr(self._own, "connection", (None, 0))
        if process != os.getpid():  # none yet, or that of the process which this one was forked from
            connection = self.get_client().connection_pool.make_connection()
            self._own.connection = connection, os.getpid()
        try:
            connection.send_packed_command(connection.pack_commands(commands), check_health=False)
            return [connection.read_response() for _ in commands]
        except BaseException:
            connection.disconnect()  # answers may come that nobody waits for
            raise

    add = _forgiving(RedisCacheClient.add, lambda *_: True)
    get = _forgiving(RedisCacheClient.get, lambda _, default: default)
    set = _forgiving(RedisCacheClient.set, lambda *_: None)
    touch = _forgiving(RedisCacheClient.touch, lambda *_: False)
    delete = _forgiving(RedisCacheClient.delete, lambda *_: False)
    has_key = _forgiving(RedisCacheClient.has_key, lambda *_: False)
    incr = _forgiving(_incr, lambda _, delta: delta)
    count_up = _forgiving(_count_up, lambda windows, _: ([0] * len(windows), None))
    announce = _forgiving(_announce, lambda *_: False)
    claim = _forgiving(_claim, lambda *_: (True, None))
    keep = _forgiving(_keep, lambda *_: None)
    ttl = _forgiving(lambda client, key: int(client.get_client(key).ttl(key)), lambda _: 0)
    get_many = _forgiving(RedisCacheClient.get_many, lambda *_: {})
    set_many = _forgiving(RedisCacheClient.set_many, lambda *_: None)
    delete_many = _forgiving(RedisCacheClient.delete_many, lambda *_: None)
    clear = _forgiving(RedisCacheClient.clear, lambda *_: False)


class SharedCache(RedisCache):
    """Django's cache in Redis, whose loss must not close the server."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "OPTIONS": {**OPTIONS, **params.get("OPTIONS", {})}})
        self._class = Client

    def count_up(self, windows: Mapping[str, int], *, wanted: str = "") -> tuple[list[int], Any]:
        """Count each key once more, exactly, however many do so at once. Returns how often each was counted now.

        A key's count begins anew so many seconds after its first one. `wanted` is a key whose value is returned too,
        None if there is none.
        """
        made = {self.make_and_validate_key(key): window for key, window in windows.items()}
        told = self.make_and_validate_key(wanted) if wanted else ""
        return cast("tuple[list[int], Any]", cast("Client", self._cache).count_up(made, told))

    def announce(self, channel: str, message: str) -> bool:
        """Tell every process that listens to a channel. False if that was not possible."""
        return cast("bool", cast("Client", self._cache).announce(channel, message))

    def claim(self, key: str, seconds: float, *, wanted: str) -> tuple[bool, Any]:
        """Claim a key for so many seconds at most. Returns whether nobody else has, and what `wanted` holds."""
        made, told = self.make_and_validate_key(key), self.make_and_validate_key(wanted)
        milliseconds = max(1, round(seconds * 1000))
        return cast("tuple[bool, Any]", cast("Client", self._cache).claim(made, milliseconds, told))

    def keep(self, key: str, value: Any, seconds: float, *, claim: str) -> None:
        """Keep a value for so many seconds, and let go of a claim."""
        made, told = self.make_and_validate_key(key), self.make_and_validate_key(claim)
        cast("Client", self._cache).keep(made, value, max(1, round(seconds * 1000)), told)

    def seconds_left(self, key: str) -> float:
        """Return when a key runs out, in seconds from now."""
        return float(cast("Client", self._cache).ttl(self.make_and_validate_key(key)))
