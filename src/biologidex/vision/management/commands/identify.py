"""`biologidex identify PHOTO...`: no server, no database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.core.errors import DomainError
from biologidex.vision import services
from biologidex.vision.services import Identified

HEADINGS = ("photo", "answer", "rank", "prob.", "candidates", "ms")
WIDTHS = (24, 30, 10, 6, 46, 6)


class Command(BaseCommand):
    """Identifies photos and prints a table."""

    help = "Identify photos here and now, without a server"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The photos, and the form of the answer."""
        parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
        parser.add_argument("--json", action="store_true", help="one JSON object a line, for programs")

    def handle(self, **options: Any) -> None:
        """Print one line for each photo; fail at the end if one of them could not be identified."""
        try:
            services.providers()
        except DomainError as error:
            raise CommandError(error.message) from error
        if not options["json"]:
            self.stdout.write(_row(HEADINGS))
        failed = 0
        for file in options["photos"]:
            result = services.identify_file(file)
            failed += bool(result.error)
            self.stdout.write(json.dumps(result.to_dict()) if options["json"] else _line(result))
        if failed:
            raise CommandError(f"{failed} of {len(options['photos'])} photos could not be identified.")


def _line(result: Identified) -> str:
    name = result.file.name
    if result.error:  # the reason is told whole: half a sentence helps nobody
        return f"{_row((name,)).ljust(WIDTHS[0])}  error: {result.error}"
    return _row((name, *_cells(result)))


def _row(cells: tuple[str, ...]) -> str:
    shortened = [
        cell if len(cell) <= width else f"{cell[: width - 1]}…"
        for cell, width in zip(cells, WIDTHS, strict=False)
    ]
    return "  ".join(cell.ljust(width) for cell, width in zip(shortened, WIDTHS, strict=False)).rstrip()


def _cells(result: Identified) -> tuple[str, ...]:
    answer = result.answer
    if answer is None:
        return ()
    candidates = ", ".join(
        f"{one.common_name or one.scientific_name} {one.probability:.2f}" for one in answer.candidates
    )
    milliseconds = f"{answer.milliseconds:.0f}"
    if answer.taxon is None:
        verdict = {"no_animal": "not an animal", "unsure": "perhaps an animal"}.get(
            answer.verdict, "an animal"
        )
        return (verdict, "", f"{answer.animal_probability:.2f}", candidates, milliseconds)
    taxon = answer.taxon
    english = f" ({taxon.breed or taxon.common_name})" if taxon.breed or taxon.common_name else ""
    return (
        f"{taxon.scientific_name}{english}",
        taxon.rank,
        f"{taxon.probability:.2f}",
        candidates,
        milliseconds,
    )
