"""What server and helper say to each other: a length, that many bytes, and so on."""

import io
import json
import socket
import struct
import time
from typing import IO, Any

LENGTH = struct.Struct(">Q")
PIECE = 1_000_000
LONGEST_HEADER = 64_000
LONGEST_ANSWER = 32_000_000


class Broken(Exception):
    """The other side is gone or does not keep to the protocol."""


class TooSlow(Exception):
    """The other side did not answer in time."""


class Channel:
    """One end of a pair of sockets, with a deadline for all that follows."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.deadline: float | None = None

    def allow(self, seconds: float | None) -> None:
        """Give everything from now on this much time; None is for ever."""
        self.deadline = None if seconds is None else time.monotonic() + seconds

    def send(self, content: bytes) -> None:
        """Send bytes."""
        self._all(LENGTH.pack(len(content)))
        self._all(content)

    def send_file(self, content: IO[bytes]) -> None:
        """Send a whole file piece by piece: never more of it in memory than a piece."""
        size = content.seek(0, io.SEEK_END)
        content.seek(0)
        self._all(LENGTH.pack(size))
        while piece := content.read(PIECE):
            self._all(piece)

    def send_answer(self, header: dict[str, Any], contents: dict[str, bytes]) -> None:
        """Send a header and named contents."""
        sizes = {name: len(content) for name, content in contents.items()}
        self.send(json.dumps(header | {"sizes": sizes}).encode())
        self.send(b"".join(contents.values()))

    def receive(self, most: int) -> bytes:
        """Return the bytes that come next; more than `most` break the protocol."""
        (size,) = LENGTH.unpack(self._exactly(LENGTH.size))
        if size > most:
            raise Broken
        return self._exactly(size)

    def receive_answer(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        """Return a header and named contents. The sender is not trusted."""
        raw, joined = self.receive(LONGEST_HEADER), self.receive(LONGEST_ANSWER)
        try:
            header = json.loads(raw)
            contents, at = {}, 0
            for name, size in header["sizes"].items():
                contents[name] = joined[at : at + size]
                at += size
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Broken from error
        return header, contents

    def _all(self, content: bytes) -> None:
        try:
            self._patience()
            self.connection.sendall(content)
        except TimeoutError as error:
            raise TooSlow from error
        except OSError as error:
            raise Broken from error

    def _exactly(self, size: int) -> bytes:
        content, got = memoryview(bytearray(size)), 0
        try:
            while got < size:
                self._patience()
                count = self.connection.recv_into(content[got:])
                if not count:
                    raise Broken
                got += count
        except TimeoutError as error:
            raise TooSlow from error
        except OSError as error:
            raise Broken from error
        return content.tobytes()

    def _patience(self) -> None:
        if self.deadline is None:
            self.connection.settimeout(None)
            return
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TooSlow
        self.connection.settimeout(left)
