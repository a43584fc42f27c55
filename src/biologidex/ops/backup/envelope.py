"""The envelope: keys of the repositories and all secrets, sealed to the operator's public keys and to nobody else.

What this machine sends it cannot open. With it and the private key a bare machine can restore everything.
"""

import io
import tarfile
from pathlib import Path

from biologidex.ops.backup import sealing
from biologidex.ops.backup.errors import BackupFailed, Damaged, named

NAME = "secrets.tar.age"
KEYS, MORE = "keys", "more"


def seal(public_keys: tuple[str, ...], keys: Path, secrets: Path | None) -> bytes:
    """Return the folders' files, sealed."""
    out = io.BytesIO()
    with sealing.sealed(out, public_keys) as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
        for name, folder in ((KEYS, keys), (MORE, secrets)):
            for file in sorted(folder.iterdir()) if folder and folder.is_dir() else []:
                if file.is_file() and not (folder == keys and file.name == sealing.IDENTITY):
                    with named(file):
                        tar.add(file.resolve(), arcname=f"{name}/{file.name}")
    return out.getvalue()


def open_into(
    content: bytes, identity: Path, *, keys: Path, secrets: Path | None
) -> tuple[list[Path], list[Path]]:
    """Write what is in the envelope to its folders. A file that is there already stays.

    Returns those written, and those that stayed and are other ones.
    """
    folders = {KEYS: keys, MORE: secrets}
    written, others = [], []
    try:
        with (
            sealing.opened(io.BytesIO(content), identity) as stream,
            tarfile.open(fileobj=stream, mode="r|") as tar,
        ):
            for member in tar:
                part, _, name = member.name.partition("/")
                folder, file = folders.get(part), tar.extractfile(member)
                if folder is None or file is None or "/" in name or name in {"", ".."}:
                    continue
                here, there = folder / name, file.read()
                if _write(here, there):
                    written.append(here)
                elif here.read_bytes() != there:
                    others.append(here)
    except (tarfile.TarError, OSError) as error:
        raise Damaged(f"The envelope with the secrets is damaged: {error}.") from error
    if not (keys / "pgbackrest.conf").exists():
        raise BackupFailed("The envelope has no keys of backups in it.")
    return written, others


def _write(file: Path, content: bytes) -> bool:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
    if file.exists():
        return False
    file.touch(mode=0o600)
    file.write_bytes(content)
    return True
