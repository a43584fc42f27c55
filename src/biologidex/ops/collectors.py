"""What `/metrics` tells beside what was counted: how things stand at this moment, each asked for in bounded time."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from django.conf import settings
from django.db.models import Count, Max, Sum
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from biologidex.accounts.models import User
from biologidex.core import identity
from biologidex.core.bounded import Bounded, Failed, NoAnswer
from biologidex.core.models import Job
from biologidex.dex.models import DexEntry
from biologidex.media.models import Photo
from biologidex.ops import vitals
from biologidex.social.models import Report


class Health(Collector):
    """Every check of `/api/v1/health/` as a number, and what the checks have measured."""

    def collect(self) -> Iterator[Metric]:
        """Ask every part, all at once, for two seconds at most. Of what is not used or not known, nothing is said."""
        found = vitals.all_parts(checks)
        well = GaugeMetricFamily("health_check_ok", "Whether a part does its work.", labels=["check"])
        took = GaugeMetricFamily(
            "health_check_seconds", "How long a part took to answer its check.", labels=["check"]
        )
        for name, finding in found.items():
            if finding.state not in {vitals.UNUSED, vitals.UNKNOWN}:
                well.add_metric([name], float(finding.state == vitals.OK))
            if "milliseconds" in finding.details:
                took.add_metric([name], finding.details["milliseconds"] / 1000)
        yield from (well, took)
        for (part, detail), (name, meaning) in MEASURED.items():
            if part in found and detail in found[part].details:
                measured = found[part].details[detail]
                yield GaugeMetricFamily(
                    name, meaning, value=float(len(measured) if isinstance(measured, list) else measured)
                )


# What a check measures: its part and the name there, and how it is called here.
MEASURED = {
    ("replica", "lag_seconds"): ("replica_lag_seconds", "How far the replica is behind the primary."),
    ("celery", "workers"): ("workers_alive", "Workers that gave a sign of life within 30 s."),
    ("celery", "schedulers"): ("schedulers_alive", "Schedulers that gave a sign of life within 30 s."),
    ("disk", "free_bytes"): ("data_disk_free_bytes", "Room that is left for the data folder."),
    ("disk", "total_bytes"): ("data_disk_size_bytes", "Size of the disk that has the data folder."),
    ("clock", "seconds_ahead"): ("clock_ahead_seconds", "How far our clock is ahead of the database's."),
}


@dataclass(frozen=True)
class Contents:
    """How much is here: numbers, never whose."""

    people: int
    finds: int
    photos: int
    photo_bytes: int
    reports: int
    done: dict[str, datetime]


def contents() -> Contents:
    """Count what is here, and look when daily work was last done."""
    with identity.everything():
        photos = Photo.objects.aggregate(all=Count("pk"), size=Sum("size"), made=Sum("pictures_size"))
        finds, reports = DexEntry.objects.count(), Report.objects.waiting().count()
    daily = Job.objects.filter(name__in=settings.DAILY_WORK, state=Job.State.DONE).order_by()
    return Contents(
        people=User.objects.filter(is_active=True).count(),
        finds=finds,
        photos=photos["all"],
        photo_bytes=(photos["size"] or 0) + (photos["made"] or 0),
        reports=reports,
        done=dict(daily.values_list("name").annotate(Max("finished_at"))),
    )


class Everything(Collector):
    """How much is here, looked at every five minutes: whole tables are counted."""

    def collect(self) -> Iterator[Metric]:
        """Count, for two seconds at most. Nothing while the database is silent."""
        with suppress(NoAnswer, Failed):
            here = counting.answer()
            yield GaugeMetricFamily("people", "People with an open account.", value=here.people)
            yield GaugeMetricFamily("finds", "Cards in all collections.", value=here.finds)
            yield GaugeMetricFamily("photos", "Photos that are kept.", value=here.photos)
            yield GaugeMetricFamily(
                "photo_bytes", "Bytes of all photos and the pictures made of them.", value=here.photo_bytes
            )
            yield GaugeMetricFamily(
                "reports_waiting", "Reports of people that staff have not settled.", value=here.reports
            )
            done = GaugeMetricFamily(
                "daily_work_done_timestamp_seconds",
                "When work that is done once a day was last done.",
                labels=["task_name"],
            )
            for name, at in here.done.items():
                done.add_metric([name], at.timestamp())
            yield done


class Build(Collector):
    """Which code runs."""

    def collect(self) -> Iterator[Metric]:
        """Tell the version and the commit."""
        told = GaugeMetricFamily(
            "biologidex_build_info", "The code that runs; always 1.", labels=["version", "commit"]
        )
        told.add_metric([version("biologidex"), settings.COMMIT], 1)
        yield told


checks = vitals.checks()
counting = Bounded(contents, about="what is here", patience=2, keep=300)
