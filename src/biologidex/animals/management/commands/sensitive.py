"""`biologidex sensitive`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.animals import services
from biologidex.animals.models import SensitiveTaxon, Taxon
from biologidex.animals.selectors import taxon_for

SOURCE = "command line"


class Command(BaseCommand):
    """Shows and edits the list of animals whose places others see only roughly."""

    help = "Show or edit the list of animals whose places are shown only roughly."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what can be asked for."""
        todo = parser.add_subparsers(dest="todo", required=True)
        todo.add_parser("list", help="show the whole list")
        todo.add_parser("fill", help="add what is new in the list that comes with BiologiDex")
        for name, what in (
            ("add", "put a taxon and all below it on the list"),
            ("exempt", "say that a taxon is not sensitive, whatever is listed above it"),
            ("remove", "take back what was said about a taxon"),
        ):
            words = todo.add_parser(name, help=what)
            words.add_argument("name", nargs="+", help="a scientific name")
            words.add_argument(
                "--rank", default="", help="of several taxa with this name, the one of this rank"
            )
            if name != "remove":
                words.add_argument("--reason", required=name == "add", default="", help="why")

    def handle(self, *, todo: str, **options: Any) -> None:
        """Do it."""
        if todo == "list":
            self._list()
        elif todo == "fill":
            self.stdout.write(f"{services.fill_sensitive()} new on the list of sensitive animals.")
        else:
            self._edit(todo, " ".join(options["name"]), options["rank"], options.get("reason", ""))

    def _edit(self, todo: str, name: str, rank: str, reason: str) -> None:
        taxon = taxon_for(scientific_name=name, rank=rank)
        if taxon is None:
            raise CommandError(f"There is no taxon {name}.")
        if todo == "add":
            services.list_as_sensitive(taxon=taxon, reason=reason, source=SOURCE)
            self.stdout.write(f"{self._named(taxon)} is on the list, and all below it.")
        elif todo == "exempt":
            services.exempt(taxon=taxon, reason=reason, source=SOURCE)
            self.stdout.write(f"{self._named(taxon)} is exempt.")
        else:
            services.strike(taxon=taxon, source=SOURCE)
            self.stdout.write(f"Nothing is said about {self._named(taxon)} any more.")

    def _list(self) -> None:
        said = SensitiveTaxon.objects.exclude(standing=SensitiveTaxon.Standing.STRUCK)
        for one in said.select_related("taxon").order_by("taxon__scientific_name"):
            self.stdout.write(f"{one.standing:<8}{self._named(one.taxon)}: {one.reason} ({one.source})")

    def _named(self, taxon: Taxon) -> str:
        common = f", {taxon.common_name}" if taxon.common_name else ""
        return f"{taxon.rank} {taxon.scientific_name}{common}"
