"""Where files of backups lie: a folder, or a bucket. Neither ever shows half a file under its name."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol

from django.core.files import File

from biologidex.ops.backup.errors import BackupFailed, named
from biologidex.ops.backup.plan import Place

PREFIX, PART = "biologidex-", ".part"  # of whatever is ours, and of what is not whole


class Store(Protocol):
    """A place with files by name."""

    title: str

    def names(self) -> list[str]: ...
    def put(self, name: str, source: IO[bytes]) -> None: ...
    def open(self, name: str) -> IO[bytes]: ...
    def size(self, name: str) -> int: ...
    def remove(self, name: str) -> None: ...
    def sweep(self) -> None: ...


class Folder:
    """A folder on this machine, or one that is mounted."""

    def __init__(self, path: Path, *, may_be_missing: bool = False) -> None:
        self.path, self.title = path, str(path)
        if not may_be_missing and not path.is_dir():
            raise BackupFailed(
                f"{path} is not there. Is it mounted?"
            )  # a folder made here would fill this disk

    def names(self) -> list[str]:
        """Return the names of whole files."""
        with named(self.path):
            if not self.path.exists():
                return []
            return [one.name for one in self.path.iterdir() if one.is_file() and one.suffix != PART]

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """Give a file to write. It gets its name when the block has ended well and the disk has it."""
        draft = self.path / f"{name}{PART}"
        try:
            with named(self.path):
                with draft.open("wb") as out:
                    yield out
                    out.flush()
                    os.fsync(out.fileno())
                draft.replace(self.path / name)
                _settle(self.path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def rename(self, name: str, to: str) -> str:
        """Give a file another name, and return that."""
        with named(self.path):
            (self.path / name).replace(self.path / to)
            _settle(self.path)
        return to

    def put(self, name: str, source: IO[bytes]) -> None:
        """Write a file."""
        with self.writing(name) as out:
            shutil.copyfileobj(source, out, 1024 * 1024)

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading."""
        with named(self.path / name):
            return (self.path / name).open("rb")

    def size(self, name: str) -> int:
        """Return how many bytes a file has."""
        with named(self.path / name):
            return (self.path / name).stat().st_size

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        with named(self.path / name):
            (self.path / name).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what somebody began to write who was killed."""
        for draft in self.path.glob(f"{PREFIX}*{PART}"):
            draft.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Let the new name survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # not every mounted system can
            os.fsync(handle)
    finally:
        os.close(handle)


class Bucket:
    """A folder in a bucket that speaks S3. A file is there when all of it has arrived."""

    def __init__(self, place: Place) -> None:
        try:
            from biologidex.media import bucket  # noqa: PLC0415 -- optional dependency
        except ImportError as error:
            raise BackupFailed(
                "A bucket for backups needs the packages of requirements/storages.txt."
            ) from error
        scheme = "http" if place.options.get("secure") == "false" else "https"
        self.title = f"The bucket {place.bucket} at {place.host}"
        self._storage: Any = bucket.Bucket(
            access_key=place.key,
            secret_key=place.secret,
            bucket_name=place.bucket,
            endpoint_url=f"{scheme}://{place.host}",
            region_name=place.options.get("region", "us-east-1"),
            addressing=place.options.get("addressing", "auto"),
            location=place.folder,
            **({"verify": place.options["authority"]} if "authority" in place.options else {}),
        )

    @contextmanager
    def _named(self) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- optional dependency

        try:
            with named(self.title):
                yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "an error")
            raise BackupFailed(f"{self.title} answers {code}.") from None
        except BotoCoreError as error:
            raise BackupFailed(f"{self.title} cannot be reached: {type(error).__name__}.") from None

    def sweep(self) -> None:
        """Do nothing: what was not sent to its end is nothing there."""

    def names(self) -> list[str]:
        """Return the names of the files."""
        with self._named():
            found: list[str] = self._storage.listdir("")[1]
        return found

    def put(self, name: str, source: IO[bytes]) -> None:
        """Send a file."""
        with self._named():
            self._storage.save(name, File(source, name))

    def open(self, name: str) -> IO[bytes]:
        """Fetch a file and open it."""
        with self._named():
            fetched: IO[bytes] = self._storage.open(name, "rb")
            fetched.seek(0)  # fetches it
            return fetched

    def size(self, name: str) -> int:
        """Return how many bytes a file has."""
        with self._named():
            return int(self._storage.size(name))

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        with self._named():
            self._storage.delete(name)


def of(place: Place) -> Store:
    """Return the store at a place, or raise BackupFailed."""
    if place.kind == "folder":
        return Folder(Path(place.folder))
    if place.kind == "s3":
        return Bucket(place)
    raise BackupFailed(
        "Backups of SQLite go to a folder or a bucket that speaks S3; Google's does, with an HMAC key: "
        "s3://KEY:SECRET@storage.googleapis.com/BUCKET/FOLDER"  # pragma: allowlist secret
    )
