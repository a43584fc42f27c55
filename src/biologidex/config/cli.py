"""The one command line: `biologidex`. Django's management commands, the product's own shown first."""

import os
import sys

from django.core.management import BaseCommand, ManagementUtility, get_commands
from django.db import OperationalError

from biologidex.config import beginning
from biologidex.config.env import BadValue
from biologidex.core import identity
from biologidex.core.errors import NO_ROOM

FOR_OTHERS_NOTHING = 0o027  # of a new file: the database holds e-mail addresses and places


class CommandLine(ManagementUtility):
    """Django's command line under our name."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        """Return a command. People type `export-account`, its module is `export_account`."""
        return super().fetch_command(subcommand.replace("-", "_"))

    def main_help_text(self, commands_only: bool = False) -> str:
        """List the product's commands with what they do, then the framework's by name."""
        if commands_only:
            return super().main_help_text(commands_only)
        ours, others = [], []
        for name, app in sorted(get_commands().items()):
            if isinstance(app, str) and app.startswith("biologidex."):
                ours.append(f"  {name.replace('_', '-'):<16}{self.fetch_command(name).help}")
            else:
                others.append(name)
        return "\n".join(
            [
                "BiologiDex: photograph an animal, have it identified, collect it.",
                "",
                "Usage: biologidex COMMAND [options]     `biologidex COMMAND --help` tells more.",
                "",
                *ours,
                "",
                "Django's own commands:",
                "  " + ", ".join(others),
            ]
        )


def main() -> None:
    """Run the command named on the command line. A setting that cannot be used ends it with one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "biologidex.config.settings")  # noqa: TID251 -- read there
    os.umask(FOR_OTHERS_NOTHING)
    beginning.decide("".join(sys.argv[1:2]))
    try:
        with identity.everything():  # of a server only its preparations: each request acts for its sender
            CommandLine(["biologidex", *sys.argv[1:]]).execute()
    except BadValue as error:
        sys.exit(f"biologidex: {error}")
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        sys.exit(f"biologidex: There is no room left for {error.filename or 'what has to be written'}.")
    except OperationalError as error:  # not there, not ours to write, full
        sys.exit(f"biologidex: The database cannot be used: {error}")
