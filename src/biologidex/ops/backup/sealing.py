"""Sealing to public keys with age: whoever made a backup for them need not be able to open it.

Streams are sealed while they are written, so nothing open lies on a disk in between.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from biologidex.ops.backup.errors import BackupFailed, WrongKey

IDENTITY = "identity"  # in the folder of keys: opens what this machine has made, so that it can try it out
ENDING = ".age"


def own_identity(folder: Path) -> Path:
    """Return the file with this machine's own private key, made once, for its eyes only."""
    _need()
    from pyrage import x25519  # noqa: PLC0415 -- optional dependency

    file = folder / IDENTITY
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = file.with_name(f"{IDENTITY}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(f"{x25519.Identity.generate()}\n", encoding="ascii")
        draft.replace(file)
    return file


@contextmanager
def sealed(out: IO[bytes], public_keys: Sequence[str], own: Path | None = None) -> Iterator[IO[bytes]]:
    """Give a stream: what is written to it goes sealed to `out`. The private key in `own` opens it too."""
    _need()
    from pyrage import RecipientError, encrypt_io, x25519  # noqa: PLC0415 -- optional dependency

    try:
        recipients = [x25519.Recipient.from_str(key) for key in public_keys]
    except RecipientError:
        raise BackupFailed("BIOLOGIDEX_BACKUP_PUBLIC_KEYS has a key with a typing error.") from None
    recipients += [identity.to_public() for identity in _identities(own)] if own else []
    with _piped(lambda source: encrypt_io(source, out, recipients), writing=True) as stream:
        yield stream


@contextmanager
def opened(source: IO[bytes], identity: Path | None) -> Iterator[IO[bytes]]:
    """Give a stream with what was sealed, or raise WrongKey."""
    _need()
    if identity is None:
        raise WrongKey("This backup is sealed. Say which private key opens it: --identity FILE")
    from pyrage import DecryptError, decrypt_io  # noqa: PLC0415 -- optional dependency

    keys = _identities(identity)

    def decrypt(out: IO[bytes]) -> None:
        try:
            decrypt_io(source, out, keys)
        except DecryptError:
            raise WrongKey(f"This backup is sealed to other keys than that in {identity}.") from None

    with _piped(decrypt, writing=False) as stream:
        yield stream


def _identities(file: Path) -> list[Any]:
    from pyrage import IdentityError, x25519  # noqa: PLC0415 -- optional dependency

    try:
        lines = file.read_text(encoding="ascii").split()
        found = [x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-SECRET-KEY-")]
    except OSError as error:
        raise BackupFailed(f"The private key {file} cannot be read: {error.strerror}.") from error
    except (IdentityError, ValueError):
        found = []
    if not found:
        raise BackupFailed(f"{file} is no private key like `age-keygen` makes.")
    return found


def _need() -> None:
    if find_spec("pyrage") is None:
        raise BackupFailed("Sealed backups need the package of requirements/backup.txt.")


@contextmanager
def _piped(work: Callable[[IO[bytes]], object], *, writing: bool) -> Iterator[IO[bytes]]:
    """Give one end of a pipe, while `work` does its part at the other in a thread of its own."""
    reader, writer = os.pipe()
    ours, theirs = (writer, reader) if writing else (reader, writer)
    failed: list[BaseException] = []

    def run() -> None:
        with suppress(BrokenPipeError), os.fdopen(theirs, "rb" if writing else "wb") as end:
            try:
                work(end)
            except BaseException as error:  # noqa: BLE001 -- it is raised where it can be handled
                failed.append(error)

    thread = threading.Thread(target=run, name="seal", daemon=True)
    thread.start()
    try:
        with os.fdopen(ours, "wb" if writing else "rb") as stream:
            yield stream
    except BaseException as error:
        thread.join()
        if failed and not isinstance(failed[0], BrokenPipeError):
            raise failed[0] from error  # what broke the pipe, not that it broke
        raise
    thread.join()
    if failed:
        raise failed[0]
