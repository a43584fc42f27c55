"""The signing key of a server whose operator gave none."""

import os
import re
import secrets
from pathlib import Path

from biologidex.config.beginning import Beginning
from biologidex.config.env import BadValue


def kept_key(file: Path) -> str:
    """Return the key kept in `file`, making it once, readable by its owner only.

    Processes that start together agree on one: it appears under its name only when it is complete. Who may begin no
    server keeps none: where none is, nothing was ever signed.
    """
    try:
        return _kept_key(file)
    except OSError as error:
        raise BadValue(
            f"BIOLOGIDEX_DATA_DIR names a folder that cannot be used, {file.parent}: {error.strerror}."
        ) from error


def listed(keys: str) -> list[str]:
    """Return keys that are separated by commas or lines, as one secret may hold them."""
    return [key for key in re.split(r"[,\s]+", keys) if key]


def _kept_key(file: Path) -> str:
    if not Beginning.allowed and not file.exists():
        return secrets.token_urlsafe(48)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    if not file.exists():
        _make(file)
    return file.read_text(encoding="ascii").strip()


def _make(file: Path) -> None:
    """Write a new key beside the file and give it the file's name, unless another process was quicker."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(secrets.token_urlsafe(48))
    try:
        file.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
