"""Photos that a database speaks of and that are not with it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from biologidex.ops.backup import places, sqlite


@dataclass(frozen=True)
class Missing:
    """Which of how many."""

    names: list[str]
    known: int

    def __bool__(self) -> bool:
        return bool(self.names)

    @property
    def is_all(self) -> bool:
        """Whether there are photos and none of them is there."""
        return bool(self.names) and len(self.names) == self.known

    def told(self, backup: str) -> str:
        """Say what a backup lacks."""
        return (
            f"{backup} lacks {len(self.names):,} of {self.known:,} photos that its database speaks of: "
            f"{self.names[0]}{', ...' if self.names[1:] else ''}."
        )


def of(database: Path, is_there: Callable[[str], bool]) -> Missing:
    """Ask for each original. Those in a bucket are in no backup of ours, so none is missed."""
    known = [name for name, _ in sqlite.photos(database)] if places.has_photos() else []
    return Missing([name for name in known if not is_there(name)], len(known))
