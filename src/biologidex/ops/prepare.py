"""Everything a data folder needs before a server can use it. Doing it again changes nothing."""

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command

from biologidex.ops import page_files
from biologidex.ops.backup import unfinished

Say = Callable[[str], object]


@contextmanager
def _step(say: Say, what: str) -> Iterator[None]:
    begun = time.monotonic()
    say(f"  {what} ...")
    yield
    say(f"  {what}: done in {time.monotonic() - begun:.1f} s")


class _Said(io.TextIOBase):
    """A stream that says line by line what a command writes to it."""

    def __init__(self, say: Say) -> None:
        super().__init__()
        self._say = say

    def write(self, text: str) -> int:
        """Say it."""
        if text.strip():
            self._say(text.rstrip())
        return len(text)


def prepare(say: Say) -> None:
    """Make the folders, bring the database up to date, fill what is known about animals, collect static files."""
    say(f"Data folder: {settings.DATA_DIR}")
    unfinished.refuse(settings.DATA_DIR)
    for folder in (settings.DATA_DIR, settings.MEDIA_ROOT):
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    with _step(say, "Database"):
        call_command("migrate", verbosity=0, interactive=False)
    with _step(say, "Animal names"):
        call_command("taxonomy", stdout=_Said(say))
    with _step(say, "Sensitive animals"):
        call_command("sensitive", "fill", stdout=_Said(say))
    with _step(say, "Page files"):
        page_files.collect()
