"""Loads every app's tasks, so that each process knows every name of work."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    """The part that knows no noun of the product."""

    name = "biologidex.core"

    def ready(self) -> None:
        """Import `tasks` of every app."""
        autodiscover_modules("tasks")
