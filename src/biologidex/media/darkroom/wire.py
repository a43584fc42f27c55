"""What server and helper say to each other: a length, that many bytes, and so on."""

import json
import socket
import struct
import time
from typing import Any

LENGTH = struct.Struct(">Q")
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
        try:
            self._patience()
            self.connection.sendall(LENGTH.pack(len(content)))
            self._patience()
            self.connection.sendall(content)
        except TimeoutError as error:
            raise TooSlow from error
        except OSError as error:
            raise Broken from error

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
