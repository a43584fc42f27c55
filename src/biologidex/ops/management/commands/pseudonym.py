"""`biologidex pseudonym`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.accounts.models import User
from biologidex.core.logging import pseudonym


class Command(BaseCommand):
    """Tells what the log calls a person."""

    help = "Tell what the log calls a person"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who."""
        parser.add_argument("name", help="user name or e-mail address")

    def handle(self, **options: Any) -> None:
        """Tell."""
        try:
            person = User.objects.get_by_natural_key(options["name"])
        except User.DoesNotExist as error:
            raise CommandError(f"There is no account {options['name']}.") from error
        self.stdout.write(pseudonym(person.pk))
