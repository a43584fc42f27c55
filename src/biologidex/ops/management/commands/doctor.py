"""`biologidex doctor`."""

import io
import logging
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.ops import whereabouts
from biologidex.ops.doctor import bundle, examining, report
from biologidex.ops.monitor.readings import Reading, State, overall

BAD = 1  # the exit status
STANDARD_OUTPUT = Path("-")


class Command(BaseCommand):
    """Examines the machine and the installation."""

    help = "Examine machine and installation and say what to do. Fails when something is bad; --bundle is for helpers"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How to tell it."""
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument(
            "--bundle", type=Path, metavar="FILE.tgz", help="gather everything for whoever helps; - prints it"
        )
        parser.add_argument(
            "--stdin",
            action="store_true",
            help="put texts of a tar on the standard input into the bundle too",
        )
        parser.add_argument("--address", help="of the server; unsaid: as settings say, or where it runs")

    def handle(self, **options: Any) -> None:
        """Examine and tell."""
        where = options["address"] or whereabouts.found()
        logging.disable(logging.CRITICAL)  # what cannot be asked is a line of ours
        try:
            found = examining.examine(where)
            if options["bundle"] is not None:
                self._bundle(found, where, options)
                return
        finally:
            logging.disable(logging.NOTSET)
        self.stdout.write(report.as_json(found) if options["json"] else "\n".join(report.lines(found)))
        if overall(found) == State.RED:
            sys.exit(BAD)

    def _bundle(self, found: list[Reading], where: str, options: dict[str, Any]) -> None:
        file, content = options["bundle"], io.BytesIO()
        bundle.write(content, found, where=where, besides=sys.stdin.buffer if options["stdin"] else None)
        if file == STANDARD_OUTPUT:
            sys.stdout.buffer.write(content.getvalue())
            sys.stdout.buffer.flush()
            return
        try:
            bundle.keep(file, content.getvalue())
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"Look through {file}, then send it to whoever helps you.")
