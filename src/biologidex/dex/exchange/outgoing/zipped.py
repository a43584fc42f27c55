"""A ZIP archive written while it is being sent: nothing of it waits on a disk."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils import timezone


@dataclass(frozen=True)
class Member:
    """A file of the archive. Its pieces are asked for only when it is its turn."""

    name: str
    chunks: Iterable[bytes]
    packed: bool = True  # photos are packed already


class _Outlet(io.RawIOBase):
    """Takes what the archive writes until somebody carries it on. It cannot go back, as a connection cannot."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self._held += content
        return len(content)

    def taken(self) -> bytes:
        held = bytes(self._held)
        self._held.clear()
        return held


def zipped(members: Iterable[Member]) -> Iterator[bytes]:
    """Give the archive of these files, in their order."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w") as archive:
        for member in members:
            info = zipfile.ZipInfo(member.name, date_time=timezone.now().timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED if member.packed else zipfile.ZIP_STORED
            with archive.open(info, "w") as file:
                for chunk in member.chunks:
                    file.write(chunk)
                    if piece := outlet.taken():
                        yield piece
    yield outlet.taken()
