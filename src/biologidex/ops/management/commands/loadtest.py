"""`biologidex loadtest`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.core.errors import DomainError
from biologidex.ops import loadtest


class Command(BaseCommand):
    """Makes or removes the load test's user and picture."""

    help = "Make the user and the picture that a load test needs"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the picture goes, or that the user goes."""
        parser.add_argument("--folder", type=Path, default=Path(), help="where test_image.jpg is written")
        parser.add_argument("--remove", action="store_true", help="remove the user with all it has")

    def handle(self, **options: Any) -> None:
        """Make or remove."""
        if options["remove"]:
            loadtest.remove_user()
            self.stdout.write(f"Removed the user {loadtest.NAME}.")
            return
        try:
            loadtest.make_user()
        except DomainError as error:
            raise CommandError(error.message) from error
        picture = loadtest.draw_picture(options["folder"])
        self.stdout.write(f"Made the user {loadtest.NAME} (password {loadtest.PASSWORD}) and {picture}.")
