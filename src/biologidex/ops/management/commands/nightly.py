"""`biologidex nightly`."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from biologidex.ops.backup import nightly


class Command(BaseCommand):
    """For containers, which have no cron: one process that sleeps by day."""

    help = "Back up every night and prove that it can be restored, until SIGTERM"
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:  # noqa: ARG002
        """Run until somebody ends it."""
        over = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: over.set())
        nightly.run(self._say, over)

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
