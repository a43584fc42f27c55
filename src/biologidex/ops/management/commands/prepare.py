"""`biologidex prepare`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.core.errors import DomainError
from biologidex.ops.prepare import prepare


class Command(BaseCommand):
    """Makes a data folder ready for use."""

    help = "Make the data folder ready: database, animal names, page files"
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:  # noqa: ARG002
        """Prepare, telling each step."""
        try:
            prepare(self.stdout.write)
        except DomainError as error:
            raise CommandError(error.message) from error
