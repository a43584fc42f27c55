"""`biologidex import_taxonomy`."""

import time
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from biologidex.animals.importers import operator
from biologidex.animals.models import Backbone, TaxonChange
from biologidex.core.errors import DomainError

SECONDS_BETWEEN_LINES = 2


class Progress:
    """Says now and then how far it is, how fast it goes, and how long it will take."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._stage = ""
        self._begun = self._said = (time.monotonic(), 0)

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` pieces are there; a total of 0 is not known."""
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._begun = stage, (now, done)
        elif now - self._said[0] < SECONDS_BETWEEN_LINES and done != total:
            return
        self._said = (now, done)
        rate = (done - self._begun[1]) / max(now - self._begun[0], 0.001)
        left = f", about {(total - done) / rate:.0f} s left" if total and rate else ""
        of = f" of {total:,}" if total else ""
        self._out.write(f"  {stage}: {done:,}{of} ({rate:,.0f} a second{left})")


class Command(BaseCommand):
    """Takes in a backbone of the operator's own."""

    help = "Import a ColDP or Darwin Core archive of animal names, on top of the built-in ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what can be asked for."""
        parser.add_argument("archive", type=Path, help="a ZIP file or a folder")
        parser.add_argument("--source", required=True, help="a short name of the backbone, like col")
        parser.add_argument("--release", required=True, help="its version, like 2026.10")
        parser.add_argument("--report", type=Path, help="write what changed to this CSV file")
        parser.add_argument("--force", action="store_true", help="take an older version, too")

    def handle(self, *, archive: Path, source: str, release: str, **options: Any) -> None:
        """Do it. Interrupted, the same command goes on where it stopped."""
        begun = time.monotonic()
        try:
            run = operator.take_in(
                archive, source=source, version=release, report=Progress(self.stderr), force=options["force"]
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        there = Backbone.objects.get(source=source)
        self.stdout.write(
            f"{source} {release}: {there.taxa:,} taxa, {there.names:,} names, {there.with_english:,} with an English "
            f"name; done in {time.monotonic() - begun:.0f} s."
        )
        kinds = Counter(
            TaxonChange.objects.filter(source=source, version=release).values_list("kind", flat=True)
        )
        told = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common()) or "none"
        self.stdout.write(f"Changes: {told}.")
        if options["report"]:
            count = operator.write_report(run, options["report"])
            self.stdout.write(f"{count:,} changes are in {options['report']}.")
