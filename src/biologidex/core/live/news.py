"""What is told, to whom, and by which mark one knows whether anything was missed."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import transaction

from biologidex.core.live.hub import Told, hub

DAY = 86_400
END = "end"  # who listens must come in anew, if they are let in


@dataclass(frozen=True)
class Event:
    """That something of a kind changed. The kind is one of the code's own words; the id says nothing by itself."""

    kind: str
    id: object = ""


def publish(topics: Iterable[object], event: Event) -> None:
    """Tell whoever listens to one of these topics, once the transaction is committed.

    Nobody waits for it and nothing depends on it: what cannot be told now is found by looking.
    """
    named = [str(topic) for topic in topics]
    if named:
        transaction.on_commit(partial(_send, named, event), robust=True)


def version(topic: object) -> str:
    """Return the mark of the latest news of a topic. Ask before reading what the news are about."""
    mark: Any = cache.get_or_set(_key(topic), _new_mark, DAY)
    return str(mark)


def _send(topics: list[str], event: Event) -> None:
    told = Told(event.kind, str(event.id), _new_mark())
    # First the mark, then the news: whoever begins to listen in between finds that there is something to look for.
    cache.set_many({_key(topic): told.mark for topic in topics}, DAY)
    hub.announce(topics, told)


def _new_mark() -> str:
    """Return a mark that was never there before: one that the cache has lost does not come back."""
    return f"{time.time_ns():x}"


def _key(topic: object) -> str:
    return f"live:{topic}"
