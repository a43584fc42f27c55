"""What the last drills measured, kept in docs/drills for whoever wants to know without running them."""

from datetime import UTC, datetime
from pathlib import Path

DRILLS = Path(__file__).parents[3] / "docs" / "drills"
HEAD = "| Measured | Figure | On |\n| --- | --- | --- |\n"
ABOUT = {
    "backup": "# The database deleted, containers\n\nBy `make test-ops`, tests/ops/containers/test_backup.py.",
    "bucket": "# Backups in a bucket, containers\n\nBy `make test-ops`, tests/ops/containers/test_bucket.py.",
    "up": "# The containers, brought up\n\nBy `make test-ops`, tests/ops/containers/test_up.py.",
    "monitoring": "# What watches, in containers\n\nBy `make test-ops`, tests/ops/containers/test_monitoring.py. "
    "Without Grafana, whose image cannot be built\nfrom packages.",
    "replica": "# The replica, promoted\n\nBy `make test-ops`, tests/ops/containers/test_replica.py.",
    "rotation": "# Every secret replaced\n\nBy `make test-ops`, tests/ops/containers/test_rotation.py. Ten people "
    "asked, each request over a\nconnection of its own; a replica was read, and backups were on.",
    "deploy": "# Upgrades and roll-backs under load\n\nBy `make test-ops`, tests/ops/containers/test_deploy.py. "
    "Twenty people asked, each request over a connection\nof its own; a third of the requests wrote.",
}


def note(page: str, measured: str, figure: str) -> None:
    """Keep a figure on its page in place of the one of before, and print it. What no run measured anew stays."""
    print(f"{measured}: {figure}")
    file = DRILLS / f"{page}.md"
    kept = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    rows = {row.split(" | ")[0]: row for row in kept if row.startswith("| ") and row not in HEAD.splitlines()}
    rows[f"| {measured}"] = f"| {measured} | {figure} | {datetime.now(UTC).date().isoformat()} |"
    DRILLS.mkdir(exist_ok=True)
    text = f"{ABOUT[page]}\nOn two cores that others used too.\n\n{HEAD}" + "\n".join(rows.values()) + "\n"
    file.write_text(text, encoding="utf-8")
