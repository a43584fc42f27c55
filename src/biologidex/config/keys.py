"""The signing key of a server whose operator gave none."""

import os
import re
import secrets
from pathlib import Path

from biologidex.config.env import BadValue


def kept_key(file: Path) -> str:
    """Return the key kept in `file`, making it once, readable by its owner only.

    Two processes that start together agree: the file is created exclusively, the second one reads it.
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
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        key = secrets.token_urlsafe(48)
        out.write(key)
    return key
