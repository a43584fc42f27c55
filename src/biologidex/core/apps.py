"""Loads every app's tasks, so that each process knows every name of work."""

import gc

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import register
from django.core.signals import request_finished
from django.utils.module_loading import autodiscover_modules, import_string

from biologidex.core import checks, identity, tracing


class CoreConfig(AppConfig):
    """The part that knows no noun of the product."""

    name = "biologidex.core"

    def ready(self) -> None:
        """Import `tasks` of every app, let nobody stay who they were once their request is over, begin to trace."""
        # Python looks for cycles after every 700 new objects; a long list or a tree is made of a hundred thousand.
        gc.set_threshold(50_000, 20, 50)
        autodiscover_modules("tasks")
        register(checks.broker, "broker", checks.STARTING, deploy=True)
        for name in settings.STARTING_CHECKS:
            register(import_string(name), checks.STARTING, deploy=True)
        request_finished.connect(identity.forget)
        tracing.start()
