"""The one file that a backup of the embedded mode is: a tar, compressed by Zstandard; its last member has digests.

Without that last member it is not whole, whatever else is in it. `tar --zstd -xf` reads it where nothing of ours is.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

import zstandard

from biologidex.ops.backup.errors import Damaged, named

HEAD, MANIFEST = "backup.json", "manifest.json"
CHUNK = 1024 * 1024
MODE = 0o640  # of a restored file at most


class _Counted:
    """A file that is read once: what passes is digested and counted."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        self._file, self._path, self.digest = file, path, hashlib.sha256()

    def read(self, size: int) -> bytes:
        """Read on."""
        with named(self._path):
            content = self._file.read(size)
        self.digest.update(content)
        return content


class Writer:
    """Writes an archive. `close` makes it whole; a block that fails leaves it half, and nothing to be written later."""

    def __init__(self, out: IO[bytes], head: dict[str, Any]) -> None:
        # Photos do not get smaller, and everything else is small: speed counts.
        self._compressed = zstandard.ZstdCompressor(level=3, write_checksum=True).stream_writer(
            out, closefd=False
        )
        self._tar = tarfile.open(fileobj=self._compressed, mode="w|")  # noqa: SIM115 -- `close` closes it
        self.digests: dict[str, str] = {}
        self.bytes: dict[str, int] = {}  # by the first word of the name
        self._text(HEAD, head)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Let go of what was begun: else tarfile writes its end when it is collected, to a file closed by then."""
        if kind:
            with suppress(OSError, ValueError):
                self._tar.fileobj.close()

    def add(self, name: str, file: Path) -> None:
        """Add a file as it is now, once. One that has gone meanwhile was deleted, and is left out."""
        if name in self.digests:
            return
        with named(file):
            try:
                content = file.open("rb")
            except FileNotFoundError:
                return
        with content:
            member = self._tar.gettarinfo(arcname=name, fileobj=content)
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            counted = _Counted(content, file)
            self._tar.addfile(member, counted)  # type: ignore[arg-type]  # it only reads
        self.digests[name] = counted.digest.hexdigest()
        first = name.partition("/")[0]
        self.bytes[first] = self.bytes.get(first, 0) + member.size

    def add_folder(
        self, name: str, folder: Path, *, but_for: Callable[[str], bool] = lambda _: False
    ) -> None:
        """Add everything below a folder that is not there yet, but for what has such a name right in it."""
        for file in sorted(folder.rglob("*")):
            path = file.relative_to(folder)
            if file.is_file() and not file.is_symlink() and not but_for(path.parts[0]):
                self.add(f"{name}/{path}", file)

    def close(self, tables: dict[str, int]) -> None:
        """Say that this is all, and how many rows its tables have."""
        self._text(MANIFEST, {"files": self.digests, "tables": tables})
        self._tar.close()
        self._compressed.close()  # type: ignore[no-untyped-call]

    def _text(self, name: str, content: Any) -> None:
        text = json.dumps(content).encode()
        member = tarfile.TarInfo(name)
        member.size = len(text)
        self._tar.addfile(member, io.BytesIO(text))


def unpack(source: IO[bytes], folder: Path) -> dict[str, Any]:
    """Write everything into a folder and compare its digests. Returns what it says of itself, or raises Damaged."""
    try:
        return _unpack(source, folder)
    except (tarfile.TarError, zstandard.ZstdError, EOFError, ValueError) as error:
        raise Damaged(f"This backup is damaged: {error}.") from error


def _unpack(source: IO[bytes], folder: Path) -> dict[str, Any]:
    digests: dict[str, str] = {}
    texts: dict[str, Any] = {}
    reader = zstandard.ZstdDecompressor().stream_reader(source, read_across_frames=True)
    with reader, tarfile.open(fileobj=reader, mode="r|") as tar:
        for member, content in _members(tar):
            if member.name in {HEAD, MANIFEST}:
                texts[member.name] = json.load(content)
            else:
                digests[member.name] = _write(folder / member.name, content, mode=member.mode & MODE)
    if HEAD not in texts or texts.get(MANIFEST, {}).get("files") != digests:
        raise Damaged("This backup is damaged: its files are not those that it lists.")
    return {**texts[HEAD], "tables": texts[MANIFEST]["tables"]}


def _members(tar: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    """Give the files. What no backup of ours has is refused: a link, a device, a way out of the folder."""
    for member in tar:
        path = PurePosixPath(member.name)
        content = tar.extractfile(member) if member.isreg() else None
        if content is None or path.is_absolute() or ".." in path.parts:
            raise Damaged(f"This is no backup of BiologiDex: it has {member.name!r} in it.")
        yield member, content


def _write(file: Path, content: IO[bytes], *, mode: int) -> str:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    digest = hashlib.sha256()
    with file.open("wb") as out:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            out.write(chunk)
    file.chmod(mode)
    return digest.hexdigest()


def digest_of(file: IO[bytes]) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def compare_photos(folder: Path, digests: Mapping[str, str]) -> int:
    """Compare files in a folder with the SHA-256 digests of their rows, by name. Returns how many; raises Damaged."""
    for name, sha256 in digests.items():
        try:
            with (folder / name).open("rb") as file:
                found = digest_of(file)
        except FileNotFoundError:
            raise Damaged(f"The photo {name} is missing in the backup.") from None
        if found != sha256:
            raise Damaged(f"The photo {name} in the backup is not the one that its row speaks of.")
    return len(digests)
