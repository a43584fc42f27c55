"""`biologidex restore`."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.core.errors import DomainError
from biologidex.ops.backup import ending
from biologidex.ops.backup.ways import Wanted, way


def moment(text: str) -> datetime:
    """Read a time; without a zone it is UTC."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no time like 2026-03-09T14:30:00 (UTC).") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


class Command(BaseCommand):
    """Brings back what a backup has."""

    help = "Restore the newest backup, or the state of a time"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which state, where to, and with which key."""
        when = parser.add_mutually_exclusive_group(required=True)
        when.add_argument("--latest", action="store_true", help="the newest that there is")
        when.add_argument(
            "--at", type=moment, metavar="TIME", help="as it was then, like 2026-03-09T14:30:00 (UTC)"
        )
        parser.add_argument(
            "--into", type=Path, metavar="FOLDER", help="another folder than the server's own"
        )
        parser.add_argument(
            "--identity", type=Path, metavar="FILE", help="the private key that opens sealed backups"
        )
        parser.add_argument(
            "--incomplete", action="store_true", help="restore it even if photos are missing in it"
        )

    def handle(self, **options: Any) -> None:
        """Restore, telling each step."""
        into = options["into"].absolute() if options["into"] else None
        wanted = Wanted(
            at=options["at"], into=into, identity=options["identity"], incomplete=options["incomplete"]
        )
        try:
            with ending.in_order():
                way().restore(wanted, self.stdout.write)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write("Restored.")
