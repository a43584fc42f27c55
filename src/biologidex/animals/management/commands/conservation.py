"""`biologidex conservation`."""

import csv
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from biologidex.animals import services
from biologidex.core.errors import DomainError

# Headings as the IUCN's own export, GBIF and the Darwin Core extension for distributions write them.
NAMES = ("scientificname", "scientific_name")
CATEGORIES = ("redlistcategory", "iucnredlistcategory", "threatstatus", "conservation_status", "category")
LINES_BETWEEN_WORDS = 20_000


class Command(BaseCommand):
    """Takes in how threatened taxa are."""

    help = "Take in a list of conservation statuses by scientific name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what can be asked for."""
        parser.add_argument("file", type=Path, help="a CSV file with scientificName and redlistCategory")
        parser.add_argument("--source", required=True, help="who says so, like 'IUCN Red List 2026-1'")
        parser.add_argument("--report", type=Path, help="write what became of each line to this CSV file")

    def handle(self, *, file: Path, source: str, report: Path | None, **_: Any) -> None:
        """Do it. The same file again changes nothing."""
        try:
            with ExitStack() as stack:
                lines = csv.reader(stack.enter_context(file.open(encoding="utf-8-sig", newline="")))
                out = stack.enter_context(report.open("w", encoding="utf-8", newline="")) if report else None
                counts = self._counted(services.set_statuses(_told(lines), source=source), out)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CommandError(f"{file.name} cannot be read as CSV in UTF-8: {error}") from error
        except DomainError as error:
            raise CommandError(error.message) from error
        told = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.most_common()) or "nothing"
        self.stdout.write(f"{counts.total():,} lines: {told}.")

    def _counted(self, all_heard: Iterable[services.Heard], out: TextIO | None) -> Counter[str]:
        """Count what became of the lines, and write each down if there is a report to write."""
        counts: Counter[str] = Counter()
        table = csv.writer(out) if out else None
        if table:
            table.writerow(["line", "scientificName", "category", "outcome", "taxon"])
        for heard in all_heard:
            counts[heard.outcome] += 1
            if table:
                told, taxon = heard.told, heard.taxon.scientific_name if heard.taxon else ""
                table.writerow([told.line, told.name, told.category, heard.outcome, taxon])
            if counts.total() % LINES_BETWEEN_WORDS == 0:
                self.stderr.write(f"  {counts.total():,} lines")
        return counts


def _told(lines: Iterator[list[str]]) -> Iterator[services.Told]:
    headings = [heading.strip().lower() for heading in next(lines, [])]
    name = next((headings.index(one) for one in NAMES if one in headings), None)
    category = next((headings.index(one) for one in CATEGORIES if one in headings), None)
    if name is None or category is None:
        raise CommandError("The first line must have the headings scientificName and redlistCategory.")
    for number, cells in enumerate(lines, start=2):
        if len(cells) > max(name, category):
            yield services.Told(number, cells[name].strip(), cells[category].strip())
