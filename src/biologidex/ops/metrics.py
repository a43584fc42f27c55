"""`/metrics`: what all processes of this machine have counted, and how the queue stands. Never for the public."""

import hmac
import ipaddress
from collections.abc import Iterator
from contextlib import suppress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from biologidex.core import metrics_folder
from biologidex.core.bounded import Bounded, Failed, NoAnswer
from biologidex.core.jobs import queue
from biologidex.core.proxies import was_passed_on
from biologidex.ops import collectors
from biologidex.ops.backup.metrics import Backups
from biologidex.vision import breaker
from biologidex.vision.spending import spent_this_month

SAFE = ("GET", "HEAD")
waiting = Bounded(queue.waiting, about="the job queue", patience=2)
spent = Bounded(spent_this_month, about="the ledger", patience=2, keep=10)


class Queue(Collector):
    """The queue as its table says at this moment. Without a database there is only the news that there is none."""

    def collect(self) -> Iterator[Metric]:
        """Ask the table, for two seconds at most."""
        try:
            found = waiting.answer()
        except (NoAnswer, Failed):
            found = None
        yield GaugeMetricFamily(
            "database_up", "Whether the database answered in time.", value=0.0 if found is None else 1.0
        )
        if found is None:
            return
        due = GaugeMetricFamily(
            "jobs_waiting", "Jobs that are due and in nobody's hand.", labels=["task_name"]
        )
        for name, count in found.by_name.items():
            due.add_metric([name], count)
        yield due
        yield GaugeMetricFamily(
            "jobs_oldest_due_seconds",
            "How long the job that waits longest has been due.",
            value=found.oldest_seconds,
        )


class Spending(Collector):
    """What this month's paid identification has cost, and what it may. Nothing while the database is silent."""

    def collect(self) -> Iterator[Metric]:
        """Ask the ledger, for two seconds at most."""
        budget = float(settings.VISION_BUDGET)
        yield GaugeMetricFamily(
            "cv_budget_usd",
            "Dollars that paid identification may cost in a month, 0 for no limit.",
            value=budget,
        )
        with suppress(NoAnswer, Failed):
            yield GaugeMetricFamily(
                "cv_budget_spent_usd",
                "Dollars of this month that are spent or set aside.",
                value=float(spent.answer()),
            )


class Circuits(Collector):
    """Which paid services are left alone because they keep failing."""

    def collect(self) -> Iterator[Metric]:
        """Look into the cache that all processes share."""
        found = GaugeMetricFamily(
            "cv_circuit_open",
            "Whether a service is left alone because it keeps failing.",
            labels=["provider"],
        )
        for name in settings.VISION_PROVIDERS:
            found.add_metric([name], float(breaker.is_open(name)))
        yield found


def exposition() -> bytes:
    """Write everything that is counted, as Prometheus reads it."""
    now = CollectorRegistry()
    standing = (collectors.Health(), collectors.Everything(), collectors.Build())
    for one in (Queue(), Spending(), Circuits(), Backups(), *standing):
        now.register(one)
    return counted() + generate_latest(now)


def counted() -> bytes:
    """Write what the processes that share METRICS_DIR have counted, and nothing that must be asked for."""
    folder = settings.METRICS_DIR
    if folder is None:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    with metrics_folder.read_alone(folder):
        MultiProcessCollector(together, str(folder))  # type: ignore[no-untyped-call]
        return generate_latest(together)


def may_read(request: HttpRequest) -> bool:
    """Whether a program may know how this server is doing, beyond what everybody may."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    # A proxy may pass a stranger's request on without a word about it: where strangers come, a token decides.
    return not settings.REACHABLE and _is_on_this_machine(request)


def _is_on_this_machine(request: HttpRequest) -> bool:
    """Whether it was sent from here, and by nobody who passes on what others send."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # a socket file has no address: whoever writes to it passes on
        return False
    return address.is_loopback and not was_passed_on(request)


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with everything that is counted; to anybody who may not know, there is nothing here."""
    if not may_read(request):
        raise Http404
    if request.method not in SAFE:
        return HttpResponseNotAllowed(SAFE)
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
