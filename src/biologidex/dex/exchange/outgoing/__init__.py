"""Finds, given out. To add a form, write a module that gives its pieces and name it here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from biologidex.accounts.models import User
from biologidex.dex.exchange.outgoing import backup, darwin_core, document, table


@dataclass(frozen=True)
class Form:
    """One way to give finds out: `chunks` gives the file piece by piece, in little memory."""

    chunks: Callable[[User], Iterator[bytes]]
    extension: str
    content_type: str
    unlicensed: Callable[[User], Iterator[bytes]] | None = None  # where only what may be passed on is in it


FORMS = {
    "csv": Form(table.chunks, "csv", "text/csv; charset=utf-8"),
    "json": Form(document.chunks, "json", "application/json"),
    "dwca": Form(
        darwin_core.chunks, "dwca.zip", "application/zip", partial(darwin_core.chunks, licensed_only=False)
    ),
    "zip": Form(backup.chunks, "zip", "application/zip"),
}
