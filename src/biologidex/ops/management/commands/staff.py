"""`biologidex staff`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from biologidex.accounts.models import User
from biologidex.core import audit


class Command(BaseCommand):
    """Makes somebody staff, or no longer."""

    help = "Let somebody run this server with you, on /staff/; or no longer"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, and what."""
        parser.add_argument(
            "name", nargs="?", help="user name or e-mail address; left out: tell who is staff"
        )
        parser.add_argument("--remove", action="store_true", help="no longer")
        parser.add_argument(
            "--everything",
            action="store_true",
            help="may suspend other staff, and use the admin where there is one",
        )

    def handle(self, **options: Any) -> None:
        """Do it, and write it down."""
        if not options["name"]:
            for person in User.objects.filter(is_staff=True).order_by("username"):
                self.stdout.write(person.username + (" (everything)" if person.is_superuser else ""))
            return
        try:
            person = User.objects.get_by_natural_key(options["name"])
        except User.DoesNotExist as error:
            raise CommandError(f"There is no account {options['name']}.") from error
        is_staff = not options["remove"]
        with transaction.atomic():
            person.is_staff, person.is_superuser = is_staff, is_staff and options["everything"]
            person.save(update_fields=["is_staff", "is_superuser"])
            audit.record(
                by=None,
                action="person.staff" if is_staff else "person.not-staff",
                kind="person",
                pk=person.pk,
                reason="everything" if person.is_superuser else "staff" if is_staff else "no longer",
            )
        self.stdout.write(f"{person.username} is {'staff' if is_staff else 'no longer staff'}.")
