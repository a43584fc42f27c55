"""What keeps a backup from being made or restored, in a sentence for whoever runs the server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from biologidex.core.errors import NO_ROOM, DomainError


class BackupFailed(DomainError):
    """It cannot be made, restored or tried out."""

    code = "backup_failed"


class Damaged(BackupFailed):
    """Something in it is not what was put into it."""

    code = "backup_damaged"


class WrongKey(BackupFailed):
    """It is sealed to other keys."""

    code = "wrong_key"


@contextmanager
def named(place: str | Path) -> Iterator[None]:
    """Tell which place it was that could not be written or read, and why."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise BackupFailed(f"{place} is full.") from error
        raise BackupFailed(f"{place} cannot be used: {error.strerror or error}.") from error
