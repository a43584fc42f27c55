"""Archives at one place. Each has a small file beside it, written last: an archive without one does not count."""

import io
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import IO

from biologidex.ops.backup import archive, retention
from biologidex.ops.backup.errors import Damaged
from biologidex.ops.backup.stores import PREFIX, Store

NOTE = ".json"
LACKING = "-lacking"  # in the name: photos are missing in it
A_DAY = 86_400  # seconds that clocks of two machines never differ


@dataclass(frozen=True)
class Entry:
    """One whole archive, as the note beside it says."""

    name: str
    made_at: float
    bytes: int
    sha256: str
    version: str

    @property
    def moment(self) -> datetime:
        """When it was made."""
        return datetime.fromtimestamp(self.made_at, UTC)

    @property
    def age(self) -> tuple[bool, float, str]:
        """By which they are sorted. What is of the future, a wrong clock has made: it is no newer than any other."""
        return self.made_at < time.time() + A_DAY, self.made_at, self.name

    @property
    def is_lacking(self) -> bool:
        """Whether photos are missing in it."""
        return f"{LACKING}." in self.name


class Shelf:
    """The archives of a place. `place` is what status and metrics call it."""

    def __init__(self, place: str, store: Store) -> None:
        self.place, self.store = place, store

    def entries(self) -> list[Entry]:
        """Return what is whole, the newest first."""
        names = set(self.store.names())
        noted = [name for name in names if name.endswith(NOTE) and name.removesuffix(NOTE) in names]
        found = [entry for name in noted if (entry := self._read(name))]
        return sorted(found, key=lambda entry: entry.age, reverse=True)

    def _read(self, note: str) -> Entry | None:
        with suppress(ValueError, TypeError), self.store.open(note) as file:
            entry = Entry(**json.load(file))
            return entry if f"{entry.name}{NOTE}" == note else None
        return None

    def put(self, entry: Entry, source: IO[bytes]) -> None:
        """Bring an archive here."""
        self.store.put(entry.name, source)
        self.note(entry)

    def note(self, entry: Entry) -> None:
        """Say of an archive that is here that it is whole."""
        self.store.put(f"{entry.name}{NOTE}", io.BytesIO(json.dumps(asdict(entry)).encode()))

    @contextmanager
    def open(self, entry: Entry) -> Iterator[IO[bytes]]:
        """Open an archive after having compared every byte of it, or raise Damaged."""
        with self.store.open(entry.name) as file:
            if archive.digest_of(file) != entry.sha256:
                raise Damaged(f"{entry.name} at {self.store.title} is damaged: it is not what was put there.")
            file.seek(0)
            yield file

    def prune(self, *, keep: int, verified: str) -> list[str]:
        """Remove what is more than enough; one that lacks photos drives out none that is whole. Returns the names."""
        entries, gone = self.entries(), list[str]()
        for lacking in (False, True):
            names = [entry.name for entry in entries if entry.is_lacking is lacking]
            gone += retention.to_remove(names, keep=keep, verified=verified)
        for name in gone:
            self.store.remove(f"{name}{NOTE}")  # first: what has no note does not count
            self.store.remove(name)
        return gone

    def sweep(self) -> None:
        """Remove what somebody began to bring here who was killed."""
        self.store.sweep()
        whole = {entry.name for entry in self.entries()}
        for name in self.store.names():
            if name.startswith(PREFIX) and name.removesuffix(NOTE) not in whole:
                self.store.remove(name)
