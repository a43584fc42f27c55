"""Looks at the machine and the installation: what the monitor sees, and what does not change while a server runs."""

import os
import platform
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.models import Max

from biologidex.animals.models import Taxon
from biologidex.core import identity
from biologidex.core.bounded import Failed, NoAnswer, Question
from biologidex.core.models import Job
from biologidex.ops import page_files
from biologidex.ops.machine import GB
from biologidex.ops.monitor import looking
from biologidex.ops.monitor.looking import GREEN, GREY, RED, YELLOW
from biologidex.ops.monitor.readings import Reading, State, graded, reading, span
from biologidex.vision import services as vision

PATIENCE = 8.0  # seconds for each part; all are asked at the same time
OLDEST_PYTHON, OLDEST_POSTGRESQL = (3, 11), 15
DAY = 86_400
FOR_ANYBODY = 0o007  # of a file's mode


def examine(where: str) -> list[Reading]:
    """Return everything, what was asked of the running server last."""
    questions = {name: Question(ask, about=name, patience=PATIENCE) for name, ask in PARTS.items()}
    found = [_answered(name, question) for name, question in questions.items()]
    return [*found, *looking.look(where).readings]


def _answered(name: str, question: Question[Reading]) -> Reading:
    try:
        return question.answer()
    except NoAnswer:
        return reading(name, YELLOW, "no answer in time")
    except Failed:
        return reading(name, YELLOW, "cannot be looked at; the other lines say why")


def python() -> Reading:
    """Look which Python runs us."""
    state = GREEN if sys.version_info[:2] >= OLDEST_PYTHON else RED
    return reading("python", state, f"{platform.python_version()}; 3.11 or newer is required")


def release() -> Reading:
    """Tell which code this is."""
    commit = f", commit {settings.COMMIT[:12]}" if settings.COMMIT else ""
    return reading("release", GREEN, f"BiologiDex {version('biologidex')}{commit}")


def mode() -> Reading:
    """Tell how this installation is put together."""
    jobs = {"threads": "threads of the server", "celery": "workers"}.get(settings.JOBS_BACKEND, "nobody else")
    reach = "others can reach it" if settings.REACHABLE else "for this machine alone"
    return reading("mode", GREEN, f"{_vendor()}, background work by {jobs}, {reach}")


def _vendor() -> str:
    return {"postgresql": "PostgreSQL", "sqlite": "SQLite"}.get(connection.vendor, connection.vendor)


def _is_embedded() -> bool:
    return connection.vendor == "sqlite"


def processors() -> Reading:
    """Compare processors with what is required."""
    least, advised = (1, 2) if _is_embedded() else (2, 4)
    here = os.cpu_count() or 1  # of the machine: what one container may use is no measure of it
    return reading("processors", _enough(here, least, advised), _compared(here, least, advised), here=here)


def memory_size() -> Reading:
    """Compare memory with what is required. A machine sold with 2 GB shows a little less."""
    least, advised = (1, 2) if _is_embedded() else (4, 8)
    here = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GB
    says = _compared(round(here, 1), least, advised, " GB")
    return reading("memory size", _enough(here, least * 0.9, advised * 0.9), says, here_bytes=here * GB)


def disk_size() -> Reading:
    """Compare the disk of the photos with what is required."""
    least, advised = (5, 20) if _is_embedded() else (20, 500)
    photos = Path(settings.MEDIA_ROOT)
    here = shutil.disk_usage(photos if photos.is_dir() else settings.DATA_DIR).total / GB
    says = _compared(round(here), least, advised, " GB")
    return reading("disk size", _enough(here, least * 0.9, advised * 0.9), says, here_bytes=here * GB)


def _enough(here: float, least: float, advised: float) -> State:
    return GREEN if here >= advised else YELLOW if here >= least else RED


def _compared(here: float, least: float, advised: float, unit: str = "") -> str:
    return f"{here:g}{unit}; {least}{unit} required, {advised}{unit} advised"


def settings_checked() -> Reading:
    """Have Django's checks and ours look at the settings, as before a deployment."""
    found = [one for one in checks.run_checks(include_deployment_checks=True) if not one.is_silenced()]
    bad = [one for one in found if one.is_serious()]
    if not found:
        return reading("settings", GREEN, "nothing to object to")
    told = "; ".join(f"{str(one.msg).partition('. ')[0]} ({one.id})" for one in bad or found[:1])
    # Cookies without https are right on one's own machine: only where others come is a hint a warning.
    state = RED if bad else YELLOW if settings.REACHABLE else GREY
    return reading("settings", state, f"{len(found)} remarks, of those: {told}")


def database_version() -> Reading:
    """Tell the database's version."""
    if connection.vendor != "postgresql":
        return reading("database version", GREEN, f"SQLite {sqlite3.sqlite_version}")
    connection.ensure_connection()
    number: int = connection.pg_version  # type: ignore[attr-defined]
    state = GREEN if number // 10_000 >= OLDEST_POSTGRESQL else RED
    return reading(
        "database version", state, f"PostgreSQL {number // 10_000}.{number % 10_000}; 15 is required"
    )


def taxonomy() -> Reading:
    """Look whether names of animals are there."""
    count = Taxon.objects.count()
    return reading("taxonomy", GREEN if count else RED, f"{count} names of animals", names=count)


def networks() -> Reading:
    """Look whether photos can be identified here."""
    if "local" not in settings.VISION_PROVIDERS:
        return reading("networks", GREY, "not used")
    missing = vision.missing_networks()
    return reading(
        "networks", RED if missing else GREEN, f"missing: {', '.join(missing)}" if missing else "there"
    )


def mail() -> Reading:
    """Look whether mail leaves this machine."""
    if not settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        return reading("mail", GREEN, "a mail server is named")
    return reading("mail", YELLOW if settings.REACHABLE else GREY, "only printed: nobody gets any")


def pages() -> Reading:
    """Look whether the files that pages are drawn with are collected."""
    mark = Path(settings.STATIC_ROOT) / page_files.MARK
    is_there = mark.is_file()
    return reading("page files", GREEN if is_there else RED, "collected" if is_there else "not collected")


def secret_files() -> Reading:
    """Look whether anybody on this machine can read what nobody may."""
    held = {
        *settings.SECRET_FILES,
        settings.DATA_DIR / "secret_key",
        settings.DATA_DIR / "biologidex.sqlite3",
    }
    held |= set(settings.BACKUP.keys.glob("*")) if settings.BACKUP.keys.is_dir() else set()
    held = {file for file in held if file.exists()}
    open_ones = sorted(file.name for file in held if file.stat().st_mode & FOR_ANYBODY)
    if open_ones:
        return reading("secret files", RED, f"anybody on this machine can read {', '.join(open_ones)}")
    return reading("secret files", GREEN, f"{len(held)}, none for everybody")


def daily_work() -> Reading:
    """Look when daily work was last done."""
    with identity.everything():
        done = Job.objects.filter(name__in=settings.DAILY_WORK, state=Job.State.DONE)
        last = done.aggregate(last=Max("finished_at"))["last"]
    if last is None:
        return reading("daily work", YELLOW, "never done")
    age = time.time() - last.timestamp()
    state = graded(age / DAY, yellow=1.25, red=3)
    return reading("daily work", state, f"done {span(age)} ago", age_seconds=age)


PARTS: dict[str, Callable[[], Reading]] = {
    "python": python,
    "release": release,
    "mode": mode,
    "processors": processors,
    "memory size": memory_size,
    "disk size": disk_size,
    "settings": settings_checked,
    "secret files": secret_files,
    "database version": database_version,
    "taxonomy": taxonomy,
    "networks": networks,
    "mail": mail,
    "page files": pages,
    "daily work": daily_work,
}
