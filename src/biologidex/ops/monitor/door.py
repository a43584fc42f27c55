"""Asks the running server over its own door, as the operator's programs do."""

import http.client
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

PATIENCE = 4.0  # seconds; the server itself waits for its parts for 2
MOST = 8_000_000  # bytes of an answer


class NoServer(Exception):
    """Nobody answers at the address."""


@dataclass(frozen=True)
class Told:
    """What the server says of itself."""

    milliseconds: float
    status: str
    checks: dict[str, str]
    details: dict[str, Any]


@dataclass(frozen=True)
class Counted:
    """What it has counted since it was set up. Empty for whoever may not know."""

    at: float = 0.0
    requests: float = 0.0
    failed: float = 0.0
    jobs: dict[str, float] = field(default_factory=dict)  # attempts by how they ended
    numbers: dict[str, float] = field(default_factory=dict)  # of those that have no labels


def health(where: str) -> Told:
    """Ask how every part is."""
    begun = time.perf_counter()
    answer = _get(where, "/health/")
    took = (time.perf_counter() - begun) * 1000
    if answer[0] != http.client.OK:
        raise NoServer(f"it says {answer[0]}")
    try:
        told = json.loads(_get(where, "/api/v1/health/")[1])
        return Told(took, str(told["status"]), dict(told["checks"]), dict(told.get("details", {})))
    except (ValueError, KeyError, TypeError) as error:
        raise NoServer("what answers is no BiologiDex") from error


def counted(where: str) -> Counted:
    """Ask what it has counted."""
    if not (body := exposition(where)):
        return Counted()
    requests = failed = 0.0
    jobs: dict[str, float] = {}
    numbers: dict[str, float] = {}
    for family in text_string_to_metric_families(body):
        for sample in family.samples:
            if sample.name == "api_requests_total":
                requests += sample.value
                failed += sample.value if sample.labels["status"].startswith("5") else 0
            elif sample.name == "jobs_total":
                outcome = sample.labels["outcome"]
                jobs[outcome] = jobs.get(outcome, 0) + sample.value
            elif not sample.labels:
                numbers[sample.name] = sample.value
    return Counted(time.monotonic(), requests, failed, jobs, numbers)


def exposition(where: str) -> str:
    """Ask for all numbers as Prometheus reads them. Nothing for whoever may not know."""
    status, body = _get(where, "/metrics")
    return body.decode("utf-8", "replace") if status == http.client.OK else ""


def _get(where: str, path: str) -> tuple[int, bytes]:
    """Ask once, directly. The name that people type is sent along: the server answers to no other."""
    parts = urlsplit(where)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    headers = {"Host": urlsplit(settings.SITE_URL).netloc, "User-Agent": "biologidex-monitor"}
    if settings.METRICS_TOKEN:
        headers["Authorization"] = f"Bearer {settings.METRICS_TOKEN}"
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(MOST)
    except (OSError, http.client.HTTPException) as error:
        raise NoServer(type(error).__name__) from error
    finally:
        connection.close()
