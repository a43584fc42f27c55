"""`biologidex monitor`."""

import json
import logging
import os
import shutil
import signal
import sys
import threading
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from biologidex.ops import whereabouts
from biologidex.ops.monitor import looking, screen
from biologidex.ops.monitor.readings import State, overall

RED = 1  # the exit status


class Command(BaseCommand):
    """A dashboard in the terminal, or one look for people and programs."""

    help = "Show how the server is: once, as JSON, or as a dashboard. Fails when something is red"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How to look, and where."""
        parser.add_argument(
            "--once", action="store_true", help="look once and end: 0, or 1 if something is red"
        )
        parser.add_argument("--json", action="store_true", help="for programs; with --once")
        parser.add_argument("--every", type=float, default=2.0, help="seconds between two looks")
        parser.add_argument(
            "--address",
            help="of the server, such as http://127.0.0.1:8000; unsaid: as settings say, or where it runs",
        )

    def handle(self, **options: Any) -> None:
        """Look."""
        where = options["address"] or whereabouts.found()
        if not where.startswith(("http://", "https://")):
            raise CommandError(f"An address is written like http://127.0.0.1:8000, not {where!r}.")
        logging.disable(
            logging.CRITICAL
        )  # what cannot be asked is shown: lines of a log would tear the picture
        try:
            if options["once"] or options["json"] or not sys.stdout.isatty():
                self._once(where, as_json=options["json"])
            else:
                self._watch(where, every=max(0.5, options["every"]))
        finally:
            logging.disable(logging.NOTSET)

    def _once(self, where: str, *, as_json: bool) -> None:
        seen = looking.look(where)
        state = overall(seen.readings)
        if as_json:
            told = {
                "status": state.name.lower(),
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "readings": {one.name: one.as_json() for one in seen.readings},
            }
            self.stdout.write(json.dumps(told))
        else:
            colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ  # noqa: TID251 -- of terminals, not ours
            width = shutil.get_terminal_size((100, 24)).columns
            self.stdout.write("\n".join(screen.drawn(seen, where=where, width=width, colours=colours)))
        if state == State.RED:
            sys.exit(RED)

    def _watch(self, where: str, *, every: float) -> None:
        """Look again and again until Ctrl-C. The terminal is left as it was found."""
        over, rates = threading.Event(), screen.Rates()
        for ending in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(ending, lambda *_: over.set())
        colours = "NO_COLOR" not in os.environ  # noqa: TID251 -- of terminals, not ours
        sys.stdout.write(screen.ENTER)
        try:
            while not over.is_set():
                seen = looking.look(where)
                rates.take(seen.counted)
                width, height = shutil.get_terminal_size()
                lines = screen.drawn(seen, where=where, width=width, colours=colours)
                lines += ["", *(one[:width] for one in rates.lines()), "", "Ctrl-C ends this."]
                sys.stdout.write(screen.frame(lines, height=height))
                sys.stdout.flush()
                over.wait(every)
        finally:
            sys.stdout.write(screen.LEAVE)
            sys.stdout.flush()
