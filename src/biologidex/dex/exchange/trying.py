"""Say what taking a file in would do, line by line, and do none of it."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from biologidex.dex.exchange import sentences
from biologidex.dex.exchange.incoming import names
from biologidex.dex.exchange.incoming.rows import BadRow, Row
from biologidex.dex.exchange.incoming.sources import Source
from biologidex.dex.exchange.models import ImportRow, ImportRun
from biologidex.dex.exchange.taking import (
    LONGEST_MESSAGE,
    LONGEST_NAME,
    fit_to_show,
    known_card,
    read,
    trouble_with,
)
from biologidex.dex.models import DexEntry

Outcome = ImportRow.Outcome
AT_ONCE = 500


@dataclass
class _Met:
    """What earlier lines of the same file have told: finds by their digest, taxa that have a card by them."""

    lines: set[str] = field(default_factory=set)
    taxa: set[int] = field(default_factory=set)


def try_out(run: ImportRun, source: Source, tell: Callable[[int, int], None]) -> None:
    """Write down what each line would become. Begins anew each time, so that a killed worker leaves nothing half."""
    run.rows.all().delete()
    lines = _foretold(run, source)
    while some := list(islice(lines, AT_ONCE)):
        ImportRow.objects.bulk_create(some)
        tell(some[-1].number, run.total)


def _foretold(run: ImportRun, source: Source) -> Iterator[ImportRow]:
    met = _Met()
    for number, row in enumerate(source.rows(), start=1):
        yield ImportRow(run=run, number=number, **{"line": row.line, **_fate(run, source, row, met)})


def _fate(run: ImportRun, source: Source, row: Row, met: _Met) -> dict[str, Any]:
    """Return what a line would become. It names no card that it would be put on: it has not been yet."""
    note: dict[str, Any] = {}
    try:
        find = read(row, source, run.owner)
        note["name"] = find.name[:LONGEST_NAME]
        taxon = names.taxon_of(find)
    except BadRow as problem:
        return trouble_with(row, problem) | note
    digest = hashlib.sha256(find.source.encode()).hexdigest()
    if digest in met.lines:
        return {**note, "outcome": Outcome.KNOWN}
    met.lines.add(digest)
    if card := known_card(run.owner, find, digest):
        return {**note, "outcome": Outcome.KNOWN, "entry": card}
    remarks = list(find.remarks)
    fit_to_show(run.owner, taxon, find.details, [], remarks)
    if find.photos and source.archive is None:
        remarks.append(sentences.NOT_IN_THIS_FILE)
    joins = taxon.pk in met.taxa or DexEntry.objects.filter(owner=run.owner, animal__taxon=taxon).exists()
    met.taxa.add(taxon.pk)
    outcome = Outcome.JOINED if joins else Outcome.IMPORTED
    return {**note, "outcome": outcome, "message": " ".join(remarks)[:LONGEST_MESSAGE]}
