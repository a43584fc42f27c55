"""Where a file waits until its lines are read: beside the photos, so that every worker can reach it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone

ROOT = "imports"
GRACE = timedelta(hours=1)  # younger files may belong to a row that is just being written


def keep(run_id: UUID, content: IO[bytes]) -> None:
    """Keep the file of one import."""
    content.seek(0)
    default_storage.save(_name(run_id), File(content))


@contextmanager
def opened(run_id: UUID) -> Iterator[IO[bytes]]:
    """Give a copy in which one can go back and forth, wherever the file itself lies."""
    with default_storage.open(_name(run_id), "rb") as kept, tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(kept, copy)
        copy.seek(0)
        yield copy


def remove(run_id: UUID) -> None:
    """Remove the file. That it is gone already is no error."""
    with suppress(FileNotFoundError):
        default_storage.delete(_name(run_id))


def old_ones() -> Iterator[UUID]:
    """Give the imports of which a file has been here for a while."""
    names: list[str] = []
    with suppress(FileNotFoundError):
        names = default_storage.listdir(ROOT)[1]
    for name in names:
        if default_storage.get_modified_time(f"{ROOT}/{name}") < timezone.now() - GRACE:
            with suppress(ValueError):  # nothing of ours
                yield UUID(name)


def _name(run_id: UUID) -> str:
    return f"{ROOT}/{run_id}"
