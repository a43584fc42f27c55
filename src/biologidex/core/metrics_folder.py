"""The folder in which processes count together: what becomes of the files of those that have ended.

prometheus_client writes one file per process and kind. Left alone they would become ever more, and a gauge of a
killed worker would stand for ever. Processes that share the folder share a machine: they are told apart by their id.
"""

import fcntl
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

FILE = re.compile(r"(?P<kind>[a-z]+(?:_[a-z]+)?)_(?P<pid>[0-9]+)\.db")
ADDITIVE = {"counter", "histogram", "summary"}


def mark_process_dead(pid: int, folder: Path | None = None) -> None:
    """Forget what a process that has ended was doing. For gunicorn's hook `child_exit`.

    What it has counted stays. Unlike prometheus_client's own function, it asks for no environment.
    """
    place = folder or settings.METRICS_DIR
    if place is not None:
        for file in place.glob(f"gauge_live*_{pid}.db"):
            file.unlink(missing_ok=True)


@contextmanager
def read_alone(folder: Path) -> Iterator[None]:
    """Let one process at a time read the files, after those of the dead have been taken together."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _bury(folder)
        yield


def _bury(folder: Path) -> None:
    left: dict[str, list[Path]] = defaultdict(list)
    for file in folder.glob("*.db"):
        named = FILE.fullmatch(file.name)
        if named and not _is_alive(int(named["pid"])):
            left[named["kind"]].append(file)
    for kind, files in left.items():
        if kind in ADDITIVE:
            _add_up(folder / f"{kind}_dead.db", files)
        for file in files:
            file.unlink(missing_ok=True)


def _add_up(total: Path, files: list[Path]) -> None:
    """Add what these files count to one, which is replaced as a whole."""
    from prometheus_client.mmap_dict import MmapedDict  # noqa: PLC0415 -- slow import

    sums: dict[str, float] = defaultdict(float)
    for file in [*files, *([total] if total.exists() else [])]:
        for key, value, _, _ in MmapedDict.read_all_values_from_file(file):  # type: ignore[no-untyped-call]
            sums[key] += value
    new = total.with_suffix(".new")
    new.unlink(missing_ok=True)
    written = MmapedDict(str(new))  # type: ignore[no-untyped-call]
    for key, value in sums.items():
        written.write_value(key, value, 0.0)  # type: ignore[no-untyped-call]
    written.close()  # type: ignore[no-untyped-call]
    new.replace(total)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's: the number has been given away again
        return True
    return True
