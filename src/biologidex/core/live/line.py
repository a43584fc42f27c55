"""A thread that hears what is announced over Redis, for as long as its process lives."""

import logging
import threading
import time
from collections.abc import Callable

from redis import Redis, exceptions
from redis.client import PubSub

log = logging.getLogger(__name__)

AGAIN = 2.0  # seconds until it calls again after the line was cut
LOOK = 1.0  # seconds that it listens before it looks at the clock
QUIET = 5.0  # seconds of silence after which it asks whether anybody is there
DEAD = 12.0  # seconds of silence after which nobody is


class Line(threading.Thread):
    """Listens to one channel. `is_open` says whether anything that is announced now would be heard."""

    def __init__(
        self, address: str, channel: str, *, heard: Callable[[str], None], cut: Callable[[], None]
    ) -> None:
        super().__init__(name="live", daemon=True)
        self._address, self._channel = address, channel
        self._heard, self._cut = heard, cut
        self.is_open = threading.Event()
        self.begun_at = time.monotonic()

    def run(self) -> None:
        """Call, listen, and call again when the line is cut."""
        while True:
            try:
                self._listen()
            except (exceptions.RedisError, OSError) as error:
                if self.is_open.is_set():
                    log.warning("no news for open pages: Redis cannot be heard (%s)", type(error).__name__)
                self.is_open.clear()
                self._cut()
            time.sleep(AGAIN)

    def _listen(self) -> None:
        client = Redis.from_url(self._address, socket_connect_timeout=1.0, socket_timeout=5.0)
        with client, client.pubsub() as ear:  # type: ignore[no-untyped-call]
            ear.subscribe(self._channel)
            last = asked = time.monotonic()
            while True:
                message = self._message(ear)
                now = time.monotonic()
                if message is not None:
                    last = now
                elif now - last > DEAD:
                    raise exceptions.TimeoutError("silent")
                elif now - max(last, asked) > QUIET:
                    ear.ping()
                    asked = now

    def _message(self, ear: PubSub) -> object:
        """Return what came within a moment, and hand on what was announced."""
        message = ear.get_message(timeout=LOOK)
        if message is None:
            return None
        if message["type"] == "subscribe":
            self.is_open.set()
        elif message["type"] == "message":
            self._heard(message["data"].decode())
        return message
