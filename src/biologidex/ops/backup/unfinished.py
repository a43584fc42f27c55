"""A restore that was interrupted while it put things in their places."""

from pathlib import Path

from biologidex.ops.backup.errors import BackupFailed

MARK, REPLACED, STAGE = "restore.unfinished", "replaced-", ".restoring"


def refuse(folder: Path) -> None:
    """Raise BackupFailed if this folder may have some of the old and some of the new."""
    if (folder / MARK).exists():
        raise BackupFailed(
            f"A restore into {folder} was interrupted. Run `biologidex restore` again; what was there before is in "
            f"{folder}/{REPLACED}* and {folder}/media/{REPLACED}*."
        )


def is_no_photo(name: str) -> bool:
    """Whether something in the folder of photos was left there by a restore, or by the disk itself."""
    return name.startswith(REPLACED) or name in {STAGE, "lost+found"}
