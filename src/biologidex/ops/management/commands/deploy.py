"""`biologidex deploy`."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

import biologidex

SCRIPT = Path(biologidex.__file__).parents[2] / "scripts" / "deploy.sh"  # of the clone that this runs from


class Command(BaseCommand):
    """`scripts/deploy.sh` by another name: it speaks to Docker on the host, so it needs nothing of what it replaces."""

    help = "Put a release into service without anybody noticing: scripts/deploy.sh, in a clone on the host"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whatever the script takes."""
        parser.add_argument(
            "words", nargs="*", metavar="WORD", help="what scripts/deploy.sh takes: a version, --status"
        )

    def run_from_argv(self, argv: list[str]) -> None:
        """Hand over: its options are the script's own, and so are its words and its exit status."""
        if {"-h", "--help"} & set(argv[2:]):
            return super().run_from_argv(argv)
        try:
            self.handle(words=argv[2:])
        except CommandError as error:
            self.stderr.write(str(error))
            raise SystemExit(error.returncode) from error

    def handle(self, *, words: list[str], **options: Any) -> None:  # noqa: ARG002
        """Become the script."""
        if not SCRIPT.is_file():
            raise CommandError(
                "A deployment is made on the host, in a clone of BiologiDex: scripts/deploy.sh VERSION"
            )
        os.execv("/bin/sh", ["sh", str(SCRIPT), *words])  # noqa: S606 -- it takes our place: its signals, its exit status
