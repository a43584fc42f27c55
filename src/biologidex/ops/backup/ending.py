"""Whoever ends a restore or a drill, or whose terminal is closed, ends all that it has begun, as Ctrl-C does."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def in_order() -> Iterator[None]:
    """Let a signal be an exception for the length of a block: programs are ended, and what is half goes."""
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, _end) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _end(number: int, _: FrameType | None) -> None:
    for one in (signal.SIGTERM, signal.SIGHUP):
        # Once is enough: a second one is not to keep the first from being cleaned up after.
        signal.signal(one, signal.SIG_IGN)
    sys.exit(128 + number)
