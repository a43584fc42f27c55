"""Which Debian packages the stack still needs here. Prints their names; with --wanted those too that only watch it."""

import os
import shutil
import sys
from pathlib import Path

PROGRAMS = {
    "nginx": "nginx-light",
    "pgbouncer": "pgbouncer",
    "redis-server": "redis-server",
    "fail2ban-server": "fail2ban",
}
EXPORTERS = [f"prometheus-{what}-exporter" for what in ("postgres", "redis", "node", "blackbox")]
WATCHERS = ["prometheus", "prometheus-alertmanager", *EXPORTERS]  # each package has a program of its name


def found(program: str) -> str | None:
    """Return where a program is."""
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def missing() -> list[str]:
    """Return the Debian packages without which there is no stack."""
    lacking = [package for program, package in PROGRAMS.items() if not found(program)]
    return lacking if any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) else ["postgresql", *lacking]


def missing_watchers() -> list[str]:
    """Return the Debian packages without which nobody watches it."""
    return [package for package in WATCHERS if not found(package)]


if __name__ == "__main__":
    print(" ".join([*missing(), *(missing_watchers() if "--wanted" in sys.argv else [])]))
