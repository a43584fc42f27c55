"""What every part counts for Prometheus. An app's own numbers stand in its `metrics.py`; `ops/metrics.py` shows all.

A label never holds what somebody sent: every combination of labels is a time series that is kept for weeks.
"""

import functools
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import prometheus_client
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Counter, Gauge, Histogram

# Otherwise each series has a second one, which nobody asks about.
prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
OTHER, UNMATCHED, STATIC = "other", "unmatched", "static"
UNCOUNTED = "/metrics"
# Reads are to be answered within 0.3 s, writes within 0.5 s, 95 of 100 each: there the lines must be.
REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 10.0)
JOB_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0)

REQUESTS = Counter("api_requests", "Requests that were answered.", ["method", "endpoint", "status"])
REQUEST_SECONDS = Histogram(
    "api_request_duration_seconds",
    "Seconds until an answer began.",
    ["method", "endpoint"],
    buckets=REQUEST_BUCKETS,
)
IN_HAND = Gauge(
    "active_celery_tasks", "Jobs being worked on right now.", ["task_name"], multiprocess_mode="livesum"
)
JOBS = Counter(
    "jobs", "Attempts at jobs by how they ended: done, retry, dead or lost.", ["task_name", "outcome"]
)
JOB_SECONDS = Histogram(
    "job_duration_seconds", "Seconds that one attempt at a job took.", ["task_name"], buckets=JOB_BUCKETS
)
READS = Counter(
    "database_reads", "Requests that may be read from the replica, and where they were.", ["database"]
)
CACHE = Counter("cache_lookups", "Answers looked for in the cache: hit or miss.", ["kind", "result"])
# What may be an attack: `wrong_password`, `locked_out` (asked again although too many were wrong), `too_many` (a rate
# was used up), `content_policy` (a browser kept something from a page). Who it was is for nginx's log.
SECURITY = Counter("security_events", "Events that may be an attack, by kind.", ["kind"])
CACHE_KIND = re.compile(r"[a-z_-]{1,30}(?=:)")


class RequestMetricsMiddleware:
    """Counts and times every request but those for the metrics themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer. What ends in an exception, of whatever kind, is counted as the 500 that it becomes."""
        if request.path_info.rstrip("/") == UNCOUNTED:
            if settings.METRICS_TOKEN:
                # Prometheus comes by the address of a container, which is no name of ours. The token decides, then;
                # without one a page of somebody else's, under a name that leads here, must be refused as ever.
                request.META["HTTP_HOST"] = urlsplit(settings.SITE_URL).netloc
            return self.get_response(request)
        status, begun = 500, time.perf_counter()
        try:
            answer = self.get_response(request)
            status = answer.status_code
            return answer
        finally:
            method = request.method if request.method in METHODS else OTHER
            endpoint = endpoint_of(request)
            seconds, answers = _series(method, endpoint, status)
            seconds.observe(time.perf_counter() - begun)
            answers.inc()


@functools.lru_cache(2000)
def _series(method: str, endpoint: str, status: int) -> tuple[Histogram, Counter]:
    """Finding a series by its labels takes longer than counting."""
    return REQUEST_SECONDS.labels(method, endpoint), REQUESTS.labels(method, endpoint, status)


def endpoint_of(request: HttpRequest) -> str:
    """Return the template of the address, `/api/v1/animals/<uuid:pk>/`, never the address itself."""
    match = request.resolver_match
    if match is not None:
        return _template(match.route)
    return STATIC if request.path_info.startswith(settings.STATIC_URL) else UNMATCHED


@functools.cache
def _template(route: str) -> str:
    return "/" + re.sub(r"[\^$]", "", route).replace("/?", "/")


@contextmanager
def work_in_hand(task_name: str) -> Iterator[None]:
    """Count a job as being worked on while the block runs, and time it."""
    gauge, begun = IN_HAND.labels(task_name), time.perf_counter()
    gauge.inc()
    try:
        yield
    finally:
        gauge.dec()
        JOB_SECONDS.labels(task_name).observe(time.perf_counter() - begun)


def count_attempt(task_name: str, outcome: str) -> None:
    """Count how an attempt at a job ended."""
    JOBS.labels(task_name, outcome).inc()


def count_lookup(key: str, *, found: bool) -> None:
    """Count a look into the cache by the first word of its key, `tree:...`."""
    kind = CACHE_KIND.match(key)
    CACHE.labels(kind[0] if kind else OTHER, "hit" if found else "miss").inc()


def count_read(*, from_replica: bool) -> None:
    """Count a request that could be read from the replica, by where it was read."""
    READS.labels("replica" if from_replica else "primary").inc()
