"""ZIP archives from anywhere: looked into, never unpacked to where they say, never larger than they are worth."""

import hashlib
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from biologidex.dex.exchange.errors import BadFile, FileTooLarge
from biologidex.media.limits import most_bytes

ENTRIES = "entries.json"
FEW_MEMBERS = 1000  # any archive may have as many; more only if they have some size
LEAST_MEMBER = 1000  # bytes of a photo
LARGEST_LIST = 100_000_000  # bytes of the list of finds, unpacked
GENEROUS = 10_000_000  # lists pack well: what a small archive may unpack to
TIMES = 20  # more than this many times its own size, a large archive is a trap
PIECE = 256 * 1024
DAMAGED = gettext_noop("This ZIP archive is damaged. Please make or fetch it again.")
TRAP = gettext_noop("This ZIP archive would unpack to far more than it is. It is not opened.")
MEMBER = b"PK\x01\x02"  # begins each line of its list of contents
BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


def _measured(content: IO[bytes]) -> tuple[int, int]:
    """Return how many bytes an archive has, and how many members it may have, before anything is made of them."""
    content.seek(0)
    size = members = 0
    last = b""
    for piece in iter(lambda: content.read(PIECE), b""):
        size += len(piece)
        members += (last + piece).count(MEMBER)
        last = piece[1 - len(MEMBER) :]
    return size, members


class Archive:
    """An archive that has been judged by its list of contents alone."""

    def __init__(self, content: IO[bytes]) -> None:
        size, members_told = _measured(content)
        if members_told > max(FEW_MEMBERS, size // LEAST_MEMBER):
            raise BadFile(TRAP)
        try:
            self._zip = zipfile.ZipFile(content)
        except BROKEN as error:
            raise BadFile(DAMAGED) from error
        members = self._zip.infolist()
        if sum(member.file_size for member in members) > max(GENEROUS, TIMES * size):
            raise BadFile(TRAP)
        self._members = {member.filename: member for member in members}

    @contextmanager
    def listing(self) -> Iterator[IO[bytes]]:
        """Give the list of finds: ours, or the only table that another site put in. It is read whole at once."""
        member = self._members.get(ENTRIES) or self._only_table()
        if member.file_size > LARGEST_LIST:
            raise FileTooLarge(_("The list of finds in this archive is larger than this server reads."))
        with tempfile.TemporaryFile() as listing:
            try:
                with self._zip.open(member) as packed:
                    shutil.copyfileobj(packed, listing, PIECE)
            except BROKEN as error:
                raise BadFile(DAMAGED) from error
            yield listing

    def _only_table(self) -> zipfile.ZipInfo:
        tables = [member for name, member in self._members.items() if name.lower().endswith(".csv")]
        if len(tables) != 1:
            raise BadFile(
                _("This ZIP archive holds neither an export of BiologiDex nor one single CSV table.")
            )
        return tables[0]

    @contextmanager
    def photo(self, name: str, sha256: str) -> Iterator[tuple[IO[bytes], int] | None]:
        """Open a photo and tell its size; None if it is not there, too large or not the one that was put in."""
        member = self._members.get(name)
        if member is None or member.file_size > most_bytes() or self._digest(member) != sha256:
            yield None
            return
        with self._zip.open(member) as file:
            yield file, member.file_size

    def _digest(self, member: zipfile.ZipInfo) -> str:
        digest = hashlib.sha256()
        try:
            with self._zip.open(member) as file:
                for piece in iter(lambda: file.read(PIECE), b""):
                    digest.update(piece)
        except BROKEN:  # its checksum is wrong, it ends too early, it has a password
            return ""
        return digest.hexdigest()
