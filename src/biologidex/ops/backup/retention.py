"""Which backups may go."""

from collections.abc import Sequence


def to_remove(newest_first: Sequence[str], *, keep: int, verified: str = "") -> list[str]:
    """Return those beyond the newest `keep`, but never the last one that is known to be restorable.

    >>> to_remove(["d", "c", "b", "a"], keep=2, verified="a")
    ['b']
    """
    return [name for name in newest_first[keep:] if name != verified]
