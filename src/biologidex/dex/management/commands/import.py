"""`biologidex import NAME FILE`."""  # noqa: N999 -- the command is called so

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.accounts.models import User
from biologidex.core import audit
from biologidex.core.errors import DomainError
from biologidex.dex.exchange import services
from biologidex.dex.exchange.incoming.sources import KINDS
from biologidex.dex.exchange.models import ImportRow, ImportRun

PIECE = 1_000_000
LINES_BETWEEN = 500  # finds between two lines of progress
TO_LOOK_AT = (ImportRow.Outcome.UNCLEAR, ImportRow.Outcome.REFUSED)


class Command(BaseCommand):
    """Takes finds from a file into a person's dex, here and now."""

    help = "Take finds from a file into a person's dex."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose dex, which file."""
        parser.add_argument("name", help="user name or e-mail address")
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--kind", choices=list(KINDS), default="", help="refuse the file if it is another"
        )

    def handle(self, **options: Any) -> None:
        """Read the file to its end, then tell what came of it, and each line that needs a look."""
        file: Path = options["file"]
        try:
            person = User.objects.get_by_natural_key(options["name"])
            with file.open("rb") as opened:
                pieces = iter(lambda: opened.read(PIECE), b"")
                run, _ = services.begin(
                    by=person, pieces=pieces, filename=file.name, kind=options["kind"], at_hand=True
                )
            with audit.done_by(audit.COMMAND_LINE):
                services.carry_out(run_id=run.pk, tell=self._tell)
        except User.DoesNotExist as error:
            raise CommandError(f"There is nobody called {options['name']}.") from error
        except DomainError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        self._report(run)

    def _tell(self, done: int, total: int) -> None:
        if done % LINES_BETWEEN == 0:
            self.stdout.write(f"  {done} of {total}")

    def _report(self, run: ImportRun) -> None:
        for row in run.rows.filter(outcome__in=TO_LOOK_AT).order_by("number"):
            where = f"line {row.line}" + (f", {row.column}" if row.column else "")
            self.stdout.write(f"  {where}: {row.message}")
        outcomes = Counter(run.rows.values_list("outcome", flat=True))
        told = ", ".join(f"{outcomes[outcome]} {outcome}" for outcome in ImportRow.Outcome.values)
        self.stdout.write(f"{run.total} finds in the file: {told}.")
