"""`biologidex animals`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.animals import services
from biologidex.animals.models import Animal
from biologidex.animals.selectors import taxon_named


class Command(BaseCommand):
    """Shows which animals only a player knows, and confirms them."""

    help = "Show the animals that only players have named; confirm one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what can be asked for."""
        todo = parser.add_subparsers(dest="todo", required=True)
        todo.add_parser("unverified", help="show what is not confirmed yet, and who named it")
        for name, what in (
            ("verify", "confirm an animal: it may be shown to everybody"),
            ("doubt", "take that back"),
        ):
            todo.add_parser(name, help=what).add_argument("name", nargs="+", help="its scientific name")

    def handle(self, *, todo: str, **options: Any) -> None:
        """Do it."""
        if todo == "unverified":
            self._list()
            return
        name = " ".join(options["name"])
        taxon = taxon_named(name)
        animal = Animal.objects.filter(taxon=taxon).first() if taxon else None
        if animal is None:
            raise CommandError(f"There is no animal {name}.")
        services.confirm(animal=animal, is_confirmed=todo == "verify")
        self.stdout.write(f"{taxon} is {'verified' if todo == 'verify' else 'not verified any more'}.")

    def _list(self) -> None:
        unsure = Animal.objects.filter(verified=False).select_related("taxon", "created_by")
        for animal in unsure.order_by("creation_index").iterator():
            common = f" ({animal.taxon.common_name})" if animal.taxon.common_name else ""
            by = f", by {animal.created_by.username}" if animal.created_by else ""
            self.stdout.write(f"#{animal.creation_index} {animal.taxon.scientific_name}{common}{by}")
