"""`biologidex taxonomy`."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from biologidex.animals.importers import ncbi
from biologidex.animals.models import Backbone

WIDTH = 30
SECONDS_BETWEEN_LINES = 5


class Progress:
    """Shows how far a long job is: a moving bar on a terminal, now and then a line elsewhere."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._moves = out.isatty()
        self._stage = ""
        self._shown_at = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` pieces of this stage are there."""
        now = time.monotonic()
        share = done / total if total else 1.0
        if self._moves:
            bar = "#" * int(share * WIDTH)
            end = "\n" if done == total else ""
            self._out.write(f"\r  {stage:<26}[{bar:<{WIDTH}}] {share:4.0%}", ending=end)
        elif stage != self._stage or done == total or now - self._shown_at >= SECONDS_BETWEEN_LINES:
            self._out.write(f"  {stage}: {share:.0%}")
            self._shown_at = now
        self._stage = stage
        self._out.flush()


class Command(BaseCommand):
    """Fills the taxonomy, or says what is in it."""

    help = "Fill or refresh the animal names (offline)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what can be asked for."""
        parser.add_argument(
            "--check", action="store_true", help="only say what is there and whether it is current"
        )

    def handle(self, *, check: bool, **_: Any) -> None:
        """Do it."""
        if check:
            self._check()
        elif ncbi.is_current():
            self.stdout.write(f"Animal names are current: {self._described()}.")
        else:
            begun = time.monotonic()
            self.stdout.write("Filling the animal names, once for each version of them.")
            ncbi.fill(report=Progress(self.stdout))
            self.stdout.write(f"Done in {time.monotonic() - begun:.0f} s: {self._described()}.")

    def _check(self) -> None:
        wanted = ncbi.current_version()
        if not Backbone.objects.filter(source=ncbi.SOURCE).exists():
            raise CommandError("There are no animal names yet. Fill them with: biologidex taxonomy")
        self.stdout.write(f"{self._described()}.")
        if not ncbi.is_current():
            raise CommandError(f"They are not current, {wanted} is. Refresh them with: biologidex taxonomy")

    def _described(self) -> str:
        there = Backbone.objects.get(source=ncbi.SOURCE)
        return (
            f"{there.taxa:,} animals and groups, {there.with_english:,} of them with an English name, "
            f"{there.names:,} names in all; version {there.version}, filled {there.filled_at:%Y-%m-%d %H:%M} UTC"
        )
