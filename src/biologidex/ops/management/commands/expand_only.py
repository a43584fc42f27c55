"""`biologidex expand-only`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.ops import expansion


class Command(BaseCommand):
    """Asked by a deployment, before it migrates."""

    help = "Say whether the release that serves now can live with what is left to migrate; fails if not"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which release that is."""
        parser.add_argument("--serving", default="0", help="version of the release that serves now")

    def handle(self, *, serving: str, **options: Any) -> None:  # noqa: ARG002
        """Look at every migration that is not done."""
        if found := expansion.pending(serving):
            raise CommandError("\n".join(["The release that serves now could not live with this:", *found]))
        self.stdout.write("What is left to migrate only adds.")
