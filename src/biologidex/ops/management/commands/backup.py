"""`biologidex backup`."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.core.errors import DomainError
from biologidex.ops.backup import postgres
from biologidex.ops.backup.ways import Told, way


class Command(BaseCommand):
    """Makes a backup, lists them, or reads all of them again."""

    help = "Back up database, photos and keys; --photos, --list, --verify"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do instead of making one."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--list", action="store_true", help="list the backups that there are")
        what.add_argument("--verify", action="store_true", help="read every backup again, byte by byte")
        what.add_argument("--photos", action="store_true", help="back up photos alone, beside PostgreSQL")
        what.add_argument("--setup", action="store_true", help="make keys and repositories for PostgreSQL")
        parser.add_argument("--json", action="store_true", help="speak to a program")

    def handle(self, **options: Any) -> None:
        """Do it, and say what was done."""
        say = (lambda _: None) if options["json"] else self.stdout.write
        try:
            chosen = way()
            if options["setup"]:
                postgres.prepare(say)
                found: list[Told] = []
            elif options["photos"]:
                found = [chosen.photos(say)]
            elif options["verify"]:
                found = chosen.verify(say)
            elif options["list"]:
                found = chosen.listed(say)
                for one in found:
                    say("  ".join(str(value) for value in one.values()))
            else:
                found = [chosen.make(say)]
        except DomainError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            self.stdout.write(json.dumps(found))
