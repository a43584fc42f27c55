"""What `/metrics` says of backups. docs/backup.md lists the names."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from biologidex.ops.backup import status


class Backups(Collector):
    """How backups stand, as the last command that made or tried one has left it."""

    def collect(self) -> Iterator[Metric]:
        """Read the file."""
        now = status.read()
        yield from _of_parts(now)
        yield from _single(now)
        yield from _of_drills(now.drill)


def _of_parts(now: status.Status) -> Iterator[Metric]:
    succeeded = GaugeMetricFamily(
        "backup_last_success_timestamp_seconds", "When a part was last backed up well.", labels=["part"]
    )
    size = GaugeMetricFamily("backup_size_bytes", "Bytes of that backup.", labels=["part"])
    for name, part in now.parts.items():
        succeeded.add_metric([name], part.succeeded)
        size.add_metric([name], part.bytes)
    kept = GaugeMetricFamily("backup_kept", "Backups that a place has.", labels=["place"])
    for place, count in now.kept.items():
        kept.add_metric([place], count)
    yield from (succeeded, size, kept)


def _single(now: status.Status) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "backup_last_attempt_timestamp_seconds", "When a backup was last tried, 0 for never.", value=now.tried
    )
    yield GaugeMetricFamily(
        "backup_last_attempt_failed", "Whether that failed.", value=1.0 if now.failed else 0.0
    )


def _of_drills(drill: status.Drill) -> Iterator[Metric]:
    for name, about, value in (
        ("backup_drill_last_attempt_timestamp_seconds", "When a restore was last tried out.", drill.tried),
        ("backup_drill_last_attempt_failed", "Whether that failed.", 1.0 if drill.failed else 0.0),
        ("backup_last_verified_timestamp_seconds", "When one last went well, 0 for never.", drill.verified),
        ("backup_rpo_seconds", "Seconds of data that would have been lost then.", drill.rpo_seconds),
        ("backup_rto_seconds", "Seconds that restoring took then.", drill.rto_seconds),
    ):
        yield GaugeMetricFamily(name, about, value=value)
