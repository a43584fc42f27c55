"""How much memory and how many processors there are for us: of the machine, or of the container we run in."""

import math
import os
import re
from dataclasses import dataclass
from pathlib import Path

from biologidex.ops.errors import BadSize

MEMORY = ("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes")  # cgroup 2, cgroup 1
SHARES = "sys/fs/cgroup/cpu.max"
QUOTA, PERIOD = "sys/fs/cgroup/cpu/cpu.cfs_quota_us", "sys/fs/cgroup/cpu/cpu.cfs_period_us"
KB, MB, GB = 1024, 1024**2, 1024**3
UNITS = {"": 1, "K": KB, "M": MB, "G": GB, "T": 1024**4}


@dataclass(frozen=True)
class Machine:
    """What may be used."""

    memory: int  # bytes
    cpus: int


def read(root: Path = Path("/")) -> Machine:
    """Return what this machine has, or what its container is allowed if that is less."""
    total = re.search(r"(?m)^MemTotal:\s+(\d+) kB$", (root / "proc/meminfo").read_text(encoding="ascii"))
    if total is None:
        raise BadSize("This machine does not tell how much memory it has. Say it: --memory 8GB")
    memory = min([int(total[1]) * KB, *(limit for name in MEMORY if (limit := _number(root / name)))])
    return Machine(memory, max(1, min(len(os.sched_getaffinity(0)), _allowed_cpus(root))))


def _allowed_cpus(root: Path) -> int:
    """Return the processors a container may use. A part of one counts as one."""
    try:
        quota, period = (root / SHARES).read_text(encoding="ascii").split()
    except (OSError, ValueError):
        quota, period = str(_number(root / QUOTA) or "max"), str(_number(root / PERIOD) or "")
    if not quota.isdecimal() or not period.isdecimal():
        return os.cpu_count() or 1
    return math.ceil(int(quota) / int(period))


def _number(file: Path) -> int | None:
    """Return the number in a file; nothing if there is no file, or no limit in it (`max`, -1)."""
    try:
        text = file.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() else None


def size(text: str) -> int:
    """Return `8GB`, `512m` or `1.5 GiB` in bytes, or raise BadSize."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:I?B)?", text.strip().upper())
    if not match:
        raise BadSize(f"{text!r} is no amount of memory. Write it like 8GB or 512MB.")
    return int(float(match[1]) * UNITS[match[2]])
