"""`biologidex serve`."""

import logging
import signal
import sys
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.wsgi import get_wsgi_application

from biologidex.accounts.models import User
from biologidex.core import checks
from biologidex.core.errors import DomainError
from biologidex.ops import server
from biologidex.ops.prepare import prepare
from biologidex.vision import services as vision

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Runs everything in one process."""

    help = "Prepare the data folder and serve, everything in one process"
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:  # noqa: ARG002
        """Serve until interrupted."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            checks.refuse_unsafe()
            vision.providers()  # a setting that cannot work is told now, not by the first photo
            with server.only_server_of(settings.DATA_DIR):
                sockets = server.reserve()
                prepare(self._say)
                server.serve(get_wsgi_application(), sockets=sockets, on_ready=self._ready)
        except DomainError as error:
            raise CommandError(error.message) from error
        except checks.Unsafe as error:
            raise CommandError(str(error)) from error

    def _ready(self) -> None:
        # Reading the networks takes half a second: do it while the first person finds the camera button.
        threading.Thread(target=vision.warm_up, name="warm-up", daemon=True).start()
        self._say(f"BiologiDex is ready: open http://localhost:{settings.PORT} (Ctrl-C stops it)")
        if not User.objects.exists():
            self._say("Nobody has signed up yet. `make demo` adds an account with a few cards to look at.")

    def _say(self, line: str) -> None:
        if settings.LOG_FORMAT == "json":  # then the standard output is for a machine
            log.info(line.strip())
            return
        self.stdout.write(line)
        self.stdout.flush()
