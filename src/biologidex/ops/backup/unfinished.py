"""A restore that was interrupted while it put things in their places."""

from pathlib import Path

from biologidex.ops.backup.errors import BackupFailed

MARK, REPLACED = "restore.unfinished", "replaced-"


def refuse(folder: Path) -> None:
    """Raise BackupFailed if this folder may have some of the old and some of the new."""
    if (folder / MARK).exists():
        raise BackupFailed(
            f"A restore into {folder} was interrupted. Run `biologidex restore` again; what was there before is in "
            f"{folder}/{REPLACED}*."
        )
