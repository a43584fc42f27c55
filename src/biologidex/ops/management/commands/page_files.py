"""`biologidex page-files`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from biologidex.ops import page_files


class Command(BaseCommand):
    """Collects what pages are drawn with. Needs no database and no secret: an image is built with it."""

    help = "Collect the files that pages are drawn with, and put them where nginx finds them"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to put them besides."""
        parser.add_argument(
            "--publish", type=Path, help="folder that keeps the files of earlier releases too"
        )

    def handle(self, *, publish: Path | None, **options: Any) -> None:  # noqa: ARG002
        """Collect, and publish if a folder is named."""
        page_files.collect()
        if publish is not None:
            self.stdout.write(f"Page files: {page_files.publish(publish)} new in {publish}")
