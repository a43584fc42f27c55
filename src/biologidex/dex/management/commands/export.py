"""`biologidex export NAME --kind zip --to FILE`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.accounts.models import User
from biologidex.core import audit
from biologidex.dex.exchange import services
from biologidex.dex.exchange.outgoing import FORMS


class Command(BaseCommand):
    """Writes a person's finds into a file."""

    help = "Write all finds of a person into a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, in which form, where to."""
        parser.add_argument("name", help="user name or e-mail address")
        parser.add_argument("--kind", choices=list(FORMS), default="zip")
        parser.add_argument("--to", type=Path, metavar="FILE", help="unset: a name with today's date, here")
        parser.add_argument(
            "--all",
            action="store_true",
            help="for dwca: cards, too, that are private or not licensed to be passed on",
        )

    def handle(self, **options: Any) -> None:
        """Write the file beside its place first: what stands under its name is whole."""
        try:
            person = User.objects.get_by_natural_key(options["name"])
        except User.DoesNotExist as error:
            raise CommandError(f"There is nobody called {options['name']}.") from error
        with audit.done_by(audit.COMMAND_LINE):
            made = services.export(by=person, kind=options["kind"], licensed_only=not options["all"])
        target: Path = options["to"] or Path(made.filename)
        unfinished = target.with_name(f"{target.name}.part")
        try:
            with unfinished.open("wb") as file:
                for chunk in made.chunks:
                    file.write(chunk)
            unfinished.replace(target)
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
        finally:
            unfinished.unlink(missing_ok=True)
        self.stdout.write(f"{target} holds the finds of {person.username}.")
