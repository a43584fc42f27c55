"""Which Debian packages the stack still needs here. Prints their names."""

import os
import shutil
from pathlib import Path

PROGRAMS = {
    "nginx": "nginx-light",
    "pgbouncer": "pgbouncer",
    "redis-server": "redis-server",
    "fail2ban-server": "fail2ban",
}


def missing() -> list[str]:
    """Return the Debian packages without which there is no stack."""
    where = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    lacking = [package for program, package in PROGRAMS.items() if not shutil.which(program, path=where)]
    return lacking if any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) else ["postgresql", *lacking]


if __name__ == "__main__":
    print(" ".join(missing()))
