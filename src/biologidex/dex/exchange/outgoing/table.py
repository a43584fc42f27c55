"""All finds as CSV, for a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from biologidex.accounts.models import User
from biologidex.dex.exchange.cells import harmless
from biologidex.dex.exchange.outgoing.batches import cards_of
from biologidex.dex.exchange.record import COLUMNS, record_of

BOM = "\ufeff"  # without it the best known spreadsheet reads UTF-8 as something else


def chunks(owner: User) -> Iterator[bytes]:
    """Give the table (RFC 4180, UTF-8), line by line."""
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    line.write(BOM)
    writer.writerow(COLUMNS)
    for card in cards_of(owner):
        yield _taken(line)
        record = record_of(card)
        writer.writerow([_cell(record[name]) for name in COLUMNS])
    yield _taken(line)


def _taken(line: io.StringIO) -> bytes:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text.encode()


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(photo["file"] for photo in value)
    return "" if value is None else repr(value)
