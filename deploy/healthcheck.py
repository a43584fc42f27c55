"""Whether a container of ours is well, by its role. Asked every few seconds: it imports next to nothing.

python3 -IS healthcheck.py web     answers: the process is alive
python3 -IS healthcheck.py work    a worker or beat has given a sign of life not long ago
"""

import os
import socket
import sys
import time

PATIENCE = 4.0  # seconds
SILENT = 30.0  # seconds; a sign is given every 5 at most


def answers() -> bool:
    """Ask this container's own server. Whether it can serve requests is another question: scripts/deploy.sh asks it."""
    with socket.create_connection(("127.0.0.1", int(os.environ["PORT"])), PATIENCE) as server:
        server.sendall(b"GET /health/ HTTP/1.0\r\nHost: localhost\r\n\r\n")
        return b" 200 " in server.makefile("rb").readline()


def is_alive() -> bool:
    """Look when the last sign of life was given (core/jobs/heartbeat.py)."""
    sign = os.path.join(os.environ["BIOLOGIDEX_METRICS_DIR"], "alive")  # noqa: PTH118 -- pathlib is slow to import
    return time.time() - os.stat(sign).st_mtime < SILENT  # noqa: PTH116


def main(role: str) -> int:
    """Return 0 if all is well."""
    try:
        is_well = is_alive() if role == "work" else answers()
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
