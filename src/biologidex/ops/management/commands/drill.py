"""`biologidex drill`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.core.errors import DomainError
from biologidex.ops.backup import ending
from biologidex.ops.backup.ways import way


class Command(BaseCommand):
    """Proves that the newest backup can be restored."""

    help = "Restore the newest backup beside the server and compare everything"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """For a program, or with another key."""
        parser.add_argument("--json", action="store_true", help="speak to a program")
        parser.add_argument(
            "--identity", type=Path, metavar="FILE", help="the private key that opens sealed backups"
        )

    def handle(self, **options: Any) -> None:
        """Restore, compare, and say how much would have been lost and how long it took."""
        say = (lambda _: None) if options["json"] else self.stdout.write
        try:
            with ending.in_order():
                outcome = way().drill(say, identity=options["identity"])
        except DomainError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            self.stdout.write(json.dumps(outcome))
            return
        lost, took = outcome["rpo_seconds"], outcome["rto_seconds"]
        self.stdout.write(f"Restorable. {lost} s of changes would have been lost, restoring took {took} s.")
