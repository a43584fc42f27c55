"""What the last drill measured, kept in docs/drills for whoever wants to know without running it."""

from datetime import UTC, datetime
from pathlib import Path

DRILLS = Path(__file__).parents[3] / "docs" / "drills"
TITLES = {
    "backup": "# The database deleted, containers\n\nBy `make test-ops`, tests/ops/containers/test_backup.py.",
    "up": "# The containers, brought up\n\nBy `make test-ops`, tests/ops/containers/test_up.py.",
    "monitoring": "# What watches, in containers\n\nBy `make test-ops`, tests/ops/containers/test_monitoring.py. "
    "Without Grafana, whose image cannot be built\nfrom packages.",
    "replica": "# The replica, promoted\n\nBy `make test-ops`, tests/ops/containers/test_replica.py.",
    "deploy": "# Upgrades and roll-backs under load\n\nBy `make test-ops`, tests/ops/containers/test_deploy.py. "
    "Twenty people asked, each request over a connection\nof its own; a third of the requests wrote.",
}
_lines: dict[str, list[str]] = {}


def note(page: str, line: str) -> None:
    """Add a line to a page of this run, and print it."""
    print(line)
    lines = _lines.setdefault(page, [])
    lines.append(f"- {line}")
    day = datetime.now(UTC).date().isoformat()
    DRILLS.mkdir(exist_ok=True)
    text = "\n".join([TITLES[page], f"Last run: {day}, on two cores that others used too.", "", *lines, ""])
    (DRILLS / f"{page}.md").write_text(text, encoding="utf-8")
