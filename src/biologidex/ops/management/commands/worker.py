"""`biologidex worker`."""

import logging
import os
import socket
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils.module_loading import import_string

from biologidex.core import checks
from biologidex.core.jobs import Lane
from biologidex.ops import metrics_door

BOTH = "both"


class Command(BaseCommand):
    """Celery's worker, told which lanes to serve."""

    help = "Do background work in processes of its own, as Celery's messages ask for it"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what may differ from one worker to the next."""
        parser.add_argument("--lane", choices=[*Lane.values, BOTH], default=BOTH)
        parser.add_argument("--concurrency", type=int, default=2, help="processes that work at the same time")

    def handle(self, *, lane: str, concurrency: int, **options: Any) -> None:  # noqa: ARG002
        """Work until SIGTERM, then let the work in hand end for a while."""
        if settings.JOBS_BACKEND != "celery":
            raise CommandError("This server does its work by itself. Set BIOLOGIDEX_JOBS_BACKEND=celery.")
        try:
            checks.refuse_unsafe()
        except checks.Unsafe as error:
            raise CommandError(str(error)) from error
        logging.captureWarnings(True)  # noqa: FBT003 -- Celery warns of root: a line of the log like others
        app = import_string(settings.CELERY_APP)
        connections.close_all()  # nothing of this process may be shared with those that it forks
        metrics_door.open_door()
        lanes = Lane.values if lane == BOTH else [lane]
        name = f"{lane}-{os.getpid()}@{socket.gethostname()}"
        app.worker_main(
            [
                "--quiet",
                "worker",
                f"--queues={','.join(lanes)}",
                f"--concurrency={concurrency}",
                f"--hostname={name}",
                "--without-gossip",
                "--without-mingle",
                f"--loglevel={settings.LOG_LEVEL}",
            ]
        )
