"""What the containers of a drill take."""

from pathlib import Path

from ops.containers.installation import Installation


def processes_of(installation: Installation, container: str) -> list[int]:
    """Return the processes of a container, by the ids that this machine knows them by."""
    listed = installation.engine.ask("top", container, "hpid").splitlines()[1:]
    return [int(pid) for pid in listed]


def proportional_megabytes(pid: int) -> float:
    """Return what a process takes, its part of what it shares included; nothing if it has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
