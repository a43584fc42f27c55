"""`biologidex beat`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from biologidex.core import checks
from biologidex.ops import metrics_door


class Command(BaseCommand):
    """Celery's beat. Several may run: one schedules, the others wait for its end."""

    help = "Ring again for background work that waits, and start what is done every day"
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:  # noqa: ARG002
        """Schedule until SIGTERM."""
        if settings.JOBS_BACKEND != "celery":
            raise CommandError("This server does its work by itself. Set BIOLOGIDEX_JOBS_BACKEND=celery.")
        try:
            checks.refuse_unsafe()
        except checks.Unsafe as error:
            raise CommandError(str(error)) from error
        metrics_door.open_door()
        app = import_string(settings.CELERY_APP)
        app.start(["--quiet", "beat", f"--loglevel={settings.LOG_LEVEL}"])
