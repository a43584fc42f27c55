"""`biologidex erase-account`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.accounts import services
from biologidex.accounts.models import User
from biologidex.core import audit
from biologidex.ops import personal_data


class Command(BaseCommand):
    """Erases an account with everything in it."""

    help = "Erase an account with everything in it"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, and whether it was thought over."""
        parser.add_argument("name", help="user name or e-mail address")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, **options: Any) -> None:
        """Erase it."""
        try:
            person = User.objects.get_by_natural_key(options["name"])
        except User.DoesNotExist as error:
            raise CommandError(f"There is no account {options['name']}.") from error
        question = f"Erase {person.username} with all cards and photos, for good? Type the name again: "
        if not options["yes"] and input(question) != person.username:
            raise CommandError("Nothing was erased.")
        with audit.done_by(audit.COMMAND_LINE):
            services.close_account(person)
            personal_data.erase(user_id=person.pk)
        self.stdout.write(f"Erased {person.username}.")
