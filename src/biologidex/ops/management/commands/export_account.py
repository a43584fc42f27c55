"""`biologidex export-account`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.accounts.models import User
from biologidex.core import audit
from biologidex.ops import personal_data


class Command(BaseCommand):
    """Writes all that is kept of a person into an archive."""

    help = "Write all that is kept of a person into a ZIP file"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, and where to."""
        parser.add_argument("name", help="user name or e-mail address")
        parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="the ZIP file to write")

    def handle(self, **options: Any) -> None:
        """Write it. A file that is there already is never written over."""
        try:
            person = User.objects.get_by_natural_key(options["name"])
            with options["to"].open("xb") as file, audit.done_by(audit.COMMAND_LINE):
                personal_data.write_archive(person, file)
        except User.DoesNotExist as error:
            raise CommandError(f"There is no account {options['name']}.") from error
        except OSError as error:
            raise CommandError(f"{options['to']} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"Wrote all that is kept of {person.username} to {options['to']}.")
