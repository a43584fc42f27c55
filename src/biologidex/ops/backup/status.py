"""How backups stand, kept in one small file: commands write it, `/metrics` reads it."""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from biologidex.ops.backup.errors import BackupFailed, named

FILE = "backup-status.json"


@dataclass
class Part:
    """The last good backup of a part: when, and how many bytes it has. 0 for never."""

    succeeded: float = 0
    bytes: int = 0


@dataclass
class Drill:
    """The last time that a backup was restored to see whether that works, and the last time that it did."""

    tried: float = 0
    verified: float = 0
    failed: bool = False
    rpo_seconds: float = 0
    rto_seconds: float = 0
    verified_backups: dict[str, str] = field(default_factory=dict)  # by place: it is never deleted


@dataclass
class Status:
    """All of it."""

    tried: float = 0
    failed: bool = False
    parts: dict[str, Part] = field(default_factory=dict)
    drill: Drill = field(default_factory=Drill)
    kept: dict[str, int] = field(default_factory=dict)  # backups by place


def read() -> Status:
    """Return how backups stand. Without a file, or with one that is no such thing, none was ever made."""
    try:
        told = json.loads(_file().read_text(encoding="utf-8"))
        parts = {name: Part(**part) for name, part in told.pop("parts").items()}
        return Status(parts=parts, drill=Drill(**told.pop("drill")), **told)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Status()


def write(status: Status) -> None:
    """Keep it, all or nothing, or raise BackupFailed.

    Everybody who runs a part of this server may read it: it has no secret.
    """
    file = _file()
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with named(file.parent):
            draft.write_text(json.dumps(asdict(status), indent=1), encoding="utf-8")
            draft.chmod(0o644)
            draft.replace(file)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def failed(status: Status | None = None) -> None:
    """Note that a backup, or what `status` says, was tried in vain. Why is told elsewhere, note or no note."""
    if status is None:
        status = read()
        status.tried, status.failed = timezone.now().timestamp(), True
    with suppress(BackupFailed):
        write(status)


def _file() -> Path:
    return Path(settings.BACKUP.status or settings.DATA_DIR) / FILE
