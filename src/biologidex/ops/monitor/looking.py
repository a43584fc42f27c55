"""Looks at everything at once, each thing in bounded time."""

import os
import re
import socket
import ssl
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from biologidex.core.bounded import Failed, NoAnswer, Question
from biologidex.core.jobs import queue
from biologidex.core.models import Job
from biologidex.ops import vitals
from biologidex.ops.backup import status as backup_status
from biologidex.ops.monitor import door
from biologidex.ops.monitor.readings import Reading, State, amount, graded, reading, span

GREEN, GREY, YELLOW, RED = State.GREEN, State.GREY, State.YELLOW, State.RED
PATIENCE = 6.0  # seconds for anything; the door is asked twice, 4 s at most each
VITAL = {
    "database",
    "migrations",
    "storage",
    "disk",
    "broker",
}  # without these something does not work at all
HEALTH = "server"
MB = 1_000_000


@dataclass
class Seen:
    """What a look has found; `counted` is for the rates, which take two looks."""

    readings: list[Reading]
    counted: door.Counted


def look(where: str) -> Seen:
    """Ask everything at the same time and wait until the slowest has answered, or has had its time."""
    told = Question(lambda: door.health(where), about="the server", patience=PATIENCE)
    counted = Question(lambda: door.counted(where), about="its metrics", patience=PATIENCE)
    others = {
        name: Question(ask, about=name, patience=PATIENCE)
        for name, ask in (
            ("queue", work),
            ("given up", given_up),
            ("backups", backups),
            ("certificate", certificate),
            ("machine", machine),
        )
    }
    found = _of_server(told)
    for name, question in others.items():
        found += _answered(name, question)
    try:
        return Seen(found, counted.answer())
    except (Failed, NoAnswer):
        return Seen(found, door.Counted())


def _answered(name: str, question: Question[list[Reading]]) -> list[Reading]:
    try:
        return question.answer()
    except NoAnswer:
        return [reading(name, YELLOW, "no answer in time")]
    except Failed:
        return [reading(name, YELLOW, "cannot be asked; the database's line says why")]


def _of_server(question: Question[door.Told]) -> list[Reading]:
    """Tell what the server says of its parts; if it says nothing, ask the parts themselves."""
    try:
        told = question.answer()
    except (NoAnswer, Failed):
        found = vitals.all_parts(vitals.checks(patience=2))
        if settings.JOBS_BACKEND == "threads":
            del found["celery"]  # they are threads of the server
        silent = reading(HEALTH, RED, "does not answer: start it, or look into its log")
        states = {name: finding.state for name, finding in found.items()}
        return [silent, *_parts(states, {name: finding.details for name, finding in found.items()})]
    state = {"ok": GREEN, "degraded": YELLOW}.get(told.status, RED)
    says = f"{told.status}, answers in {told.milliseconds:.0f} ms"
    numbers = reading(HEALTH, state, says, milliseconds=told.milliseconds)
    return [numbers, *_parts(told.checks, told.details)]


def _parts(states: dict[str, str], details: dict[str, dict[str, object]]) -> list[Reading]:
    return [_part(name, state, details.get(name, {})) for name, state in states.items()]


def _part(name: str, state: str, details: dict[str, object]) -> Reading:
    if state in {vitals.UNUSED, vitals.UNKNOWN}:
        return reading(name, GREY, state)
    bad = RED if name in VITAL or (name == "celery" and state == vitals.NO_WORKER) else YELLOW
    numbers = {key: float(value) for key, value in details.items() if isinstance(value, int | float)}
    found = max(GREEN if state == vitals.OK else bad, *_by_numbers(numbers))
    says = [state, *_said(numbers)]
    if isinstance(workers := details.get("workers"), list):
        says.append(f"{len(workers)} at work")
    if details.get("schedulers") == []:
        found, says = max(found, YELLOW), [*says, "no scheduler"]
    return reading(name, found, ", ".join(says), **numbers)


def _by_numbers(numbers: dict[str, float]) -> list[State]:
    found = [GREEN]
    if "lag_seconds" in numbers:
        found.append(graded(numbers["lag_seconds"], yellow=10, red=300))
    if "free_bytes" in numbers:
        found.append(graded(numbers["free_bytes"] / numbers["total_bytes"], yellow=0.15, red=0.03))
    return found


def _said(numbers: dict[str, float]) -> list[str]:
    says = []
    if "milliseconds" in numbers:
        says.append(f"{numbers['milliseconds']:.0f} ms")
    if "lag_seconds" in numbers:
        says.append(f"{span(numbers['lag_seconds'])} behind")
    if "free_bytes" in numbers:
        says.append(f"{amount(numbers['free_bytes'])} of {amount(numbers['total_bytes'])} left")
    return says


def work() -> list[Reading]:
    """Look how much work waits, and for how long."""
    now = queue.waiting()
    count, oldest = sum(now.by_name.values()), now.oldest_seconds
    says = f"{count} due, the oldest for {span(oldest)}" if count else "nothing waits"
    return [reading("queue", graded(oldest, yellow=60, red=300), says, waiting=count, oldest_seconds=oldest)]


def given_up() -> list[Reading]:
    """Look how much was given up within a day."""
    since = timezone.now() - timedelta(days=1)
    count = Job.objects.filter(state=Job.State.DEAD, finished_at__gt=since).count()
    says = f"{count} within a day: /staff/jobs/ says why" if count else "nothing within a day"
    return [reading("given up", YELLOW if count else GREEN, says, jobs=count)]


def backups() -> list[Reading]:
    """Look how old the last good and the last proven backup are."""
    now, status = time.time(), backup_status.read()
    never = RED if settings.REACHABLE else YELLOW  # at home it is advice
    if not status.parts:
        return [reading("backups", never, "none was ever made: docs/backup.md")]
    oldest = now - min(part.succeeded for part in status.parts.values())
    proven = now - status.drill.verified
    late = max(graded(oldest / 3600, yellow=25, red=26), graded(proven / 3600, yellow=26, red=50))
    failed = YELLOW if status.failed or status.drill.failed else GREEN
    was_proven = f"proven {span(proven)} ago" if status.drill.verified else "never proven"
    return [
        reading(
            "backups",
            max(min(late, never), failed),
            f"the last good one is {span(oldest)} old, {was_proven}",
            age_seconds=oldest,
            proven_seconds=proven,
        )
    ]


def certificate() -> list[Reading]:
    """Look for how long the certificate that people meet is good."""
    site = urlsplit(settings.SITE_URL)
    if site.scheme != "https" or not site.hostname:
        return [reading("certificate", GREY, "not used")]
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((site.hostname, site.port or 443), timeout=3) as plain,
            context.wrap_socket(plain, server_hostname=site.hostname) as secured,
        ):
            end = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return [reading("certificate", RED, f"nobody trusts it: {error.verify_message}")]
    except OSError:
        return [
            reading("certificate", YELLOW, "cannot be looked at: the public address does not answer here")
        ]
    left = ssl.cert_time_to_seconds(str(end["notAfter"])) - time.time()
    state = graded(left / 86_400, yellow=14, red=3)
    return [reading("certificate", state, f"good for {span(left)} more", seconds_left=left)]


def machine(root: Path = Path("/proc")) -> list[Reading]:
    """Look at memory and load."""
    told = dict(re.findall(r"(?m)^(\w+):\s+(\d+)", (root / "meminfo").read_text(encoding="ascii")))
    free, total = int(told["MemAvailable"]) * 1024, int(told["MemTotal"]) * 1024
    load, processors = os.getloadavg()[1], os.cpu_count() or 1
    return [
        reading(
            "memory",
            graded(free / total, yellow=0.1, red=0.03),
            f"{amount(free)} of {amount(total)} left",
            free_bytes=free,
            total_bytes=total,
        ),
        reading(
            "load",
            graded(load / processors, yellow=2, red=20),
            f"{load:.1f} on {processors} processors",
            five_minutes=load,
        ),
    ]
