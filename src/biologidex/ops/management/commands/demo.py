"""`biologidex demo`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.core.errors import DomainError
from biologidex.ops import demo
from biologidex.ops.prepare import prepare


class Command(BaseCommand):
    """Adds a demo account with a few cards."""

    help = "Add a demo account with a few cards"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the photographs are."""
        parser.add_argument("--photos", type=Path, default=Path("var/photos"), help="folder with photographs")

    def handle(self, **options: Any) -> None:
        """Make the account, file the photos, tell how to sign in."""
        try:
            photos = demo.photos_in(options["photos"])
            prepare(self.stdout.write)
            user, password = demo.make_account()
            for file, card in demo.fill(user, photos):
                filed = (
                    f"No. {card.animal.creation_index:04} {card.animal.taxon}"
                    if card
                    else "not certain: left out"
                )
                self.stdout.write(f"  {file.name}: {filed}")
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Sign in as `{user.username}` with the password `{password}`.")
