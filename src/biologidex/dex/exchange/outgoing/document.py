"""All finds as one JSON document, one card a line."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from biologidex.accounts.models import User
from biologidex.core import clock
from biologidex.dex.exchange.outgoing.batches import cards_of
from biologidex.dex.exchange.record import FORMAT, VERSION, record_of


def chunks(owner: User) -> Iterator[bytes]:
    """Give the document piece by piece."""
    return written(owner, (record_of(card) for card in cards_of(owner)))


def written(owner: User, records: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Give the document that holds these records."""
    head = {
        "format": FORMAT,
        "version": VERSION,
        "owner": owner.username,
        "exported_at": clock.stamp(clock.now()),
    }
    yield orjson.dumps(head).removesuffix(b"}") + b',"entries":['
    between = b"\n"
    for record in records:
        yield between + orjson.dumps(record)
        between = b",\n"
    yield b"\n]}\n"
