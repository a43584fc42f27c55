"""What can be wrong with a server, each asked of the part itself: bounded in time, and once for all who ask at once."""

import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from biologidex.core.bounded import Bounded, Failed, NoAnswer
from biologidex.core.jobs import heartbeat
from biologidex.media import storage as files

OK, UNUSED, UNKNOWN = "ok", "not used", "unknown"
UNREACHABLE, SILENT = "unreachable", "no answer in time"
BEHIND = "migrations pending"
NO_WORKER, LOW, WRONG = "no worker", "low", "wrong"
ALIVE_WITHIN = 30.0  # seconds since a worker's last sign of life; it gives one every 5
LEAST_ROOM = 1024**3  # bytes; a photo of 25 MB takes about 30 with what is made from it
MOST_SKEW = (
    2.0  # seconds between our clock and the database's: tokens and leases are compared across machines
)
DEFAULT = "default"
SCHEDULER = "beat@"
# How long ago the replica's newest change was made, 0 if it has all that was sent and is still being sent more.
LAG = """
SELECT CASE
    WHEN NOT pg_is_in_recovery() THEN 0
    WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() AND EXISTS (SELECT FROM pg_stat_wal_receiver) THEN 0
    ELSE coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 0)
END
"""


@dataclass(frozen=True)
class Finding:
    """How a part is: a plain word that everybody may read, and numbers for the operator."""

    state: str = OK
    details: dict[str, Any] = field(default_factory=dict)


class Memory:
    """What need not be looked up again."""

    migrated = False  # once true it stays true for this code, and looking is the expensive part


def database(alias: str = DEFAULT) -> Finding:
    """Ask a database for something, and the first one whether its tables are those this code knows."""
    begun, details = time.perf_counter(), dict[str, Any](vendor=connections[alias].vendor)
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1")
        took = _milliseconds(begun)
        if alias != DEFAULT and connections[alias].vendor == "postgresql":
            cursor.execute(LAG)
            details["lag_seconds"] = round(float(cursor.fetchone()[0]), 3)
    details["milliseconds"] = took
    if alias == DEFAULT:
        Memory.migrated = Memory.migrated or is_migrated()
    return Finding(OK if alias != DEFAULT or Memory.migrated else BEHIND, details)


def is_migrated() -> bool:
    """Whether nothing is left to migrate."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def shared_cache() -> Finding:
    """Put something into the cache and take it out again. A lost cache pretends to be an empty one."""
    if not settings.CACHE_URL:
        return Finding(UNUSED)
    begun, key = time.perf_counter(), f"health:{uuid.uuid4()}"
    cache.set(key, key, 10)
    state = OK if cache.get(key) == key else UNREACHABLE
    cache.delete(key)
    return Finding(state, {"milliseconds": _milliseconds(begun)})


def broker() -> Finding:
    """Ask the broker whether it is there."""
    if settings.JOBS_BACKEND != "celery":
        return Finding(UNUSED)
    from redis import Redis  # noqa: PLC0415 -- slow import

    begun = time.perf_counter()
    with Redis.from_url(settings.BROKER_URL, socket_connect_timeout=1, socket_timeout=1) as client:
        client.ping()
    return Finding(OK, {"milliseconds": _milliseconds(begun)})


def workers() -> Finding:
    """Look who does background work: threads of this process, or whoever has given a sign of life."""
    if settings.JOBS_BACKEND == "inline":
        return Finding(UNUSED)
    if (
        settings.JOBS_BACKEND == "threads"
    ):  # all of them may be busy for longer than a sign of life is good for
        names = [one.name for one in threading.enumerate() if one.name.startswith("worker-")]
        return Finding(OK if names else NO_WORKER, {"workers": names})
    alive = heartbeat.alive(ALIVE_WITHIN)
    beats = [name for name in alive if name.startswith(SCHEDULER)]  # it starts work and does none
    names = [name for name in alive if name not in beats]
    return Finding(OK if names else NO_WORKER, {"workers": names, "schedulers": beats})


def storage() -> Finding:
    """Write, read and remove a file where photos are kept."""
    begun = time.perf_counter()
    files.try_out()
    return Finding(OK, {"milliseconds": _milliseconds(begun)})


def disk() -> Finding:
    """Look how much room the data folder has."""
    room = shutil.disk_usage(settings.DATA_DIR)
    return Finding(
        OK if room.free >= LEAST_ROOM else LOW, {"free_bytes": room.free, "total_bytes": room.total}
    )


def clock() -> Finding:
    """Compare our clock with the database's."""
    if connection.vendor != "postgresql":
        return Finding()  # the same machine's
    begun = time.time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        (theirs,) = cursor.fetchone()
    skew = float(theirs) - (begun + time.time()) / 2
    return Finding(OK if abs(skew) <= MOST_SKEW else WRONG, {"seconds_ahead": round(skew, 3)})


def _milliseconds(begun: float) -> float:
    return round((time.perf_counter() - begun) * 1000, 1)


Checks = Mapping[str, Bounded[Finding]]


def checks(*, patience: float = 2.0) -> dict[str, Bounded[Finding]]:
    """Return every check by its name. The slower ones are asked less often."""

    def check(name: str, ask: Callable[[], Finding], *, keep: float) -> Bounded[Finding]:
        return Bounded(ask, about=f"health: {name}", patience=patience, keep=keep)

    others = [alias for alias in settings.DATABASES if alias != DEFAULT]
    return {
        "database": check("database", database, keep=0.5),
        **{alias: check(alias, partial(database, alias), keep=0.5) for alias in others},
        "redis": check("redis", shared_cache, keep=0.5),
        "broker": check("broker", broker, keep=2),
        "celery": check("celery", workers, keep=2),
        "storage": check("storage", storage, keep=10),
        "disk": check("disk", disk, keep=2),
        "clock": check("clock", clock, keep=10),
    }


def examine(checks: Checks, names: Iterable[str]) -> dict[str, Finding]:
    """Return how these parts are. All are asked at the same time, so it takes no longer than the slowest."""
    questions = {name: checks[name].question() for name in names}
    return {name: _found(question.answer) for name, question in questions.items()}


def all_parts(checks: Checks) -> dict[str, Finding]:
    """Return how every part is, with what can only be said of several together."""
    found = examine(checks, checks)
    database = found["database"]
    behind = {OK: OK, BEHIND: "pending"}
    found["migrations"] = Finding(behind.get(database.state, UNKNOWN))
    if database.state == BEHIND:
        found["database"] = Finding(OK, database.details)
    if found["celery"].state == NO_WORKER and found["redis"].state in {UNREACHABLE, SILENT}:
        found["celery"] = Finding(UNKNOWN)  # signs of life are given through the cache
    return found


def _found(answer: Callable[[], Finding]) -> Finding:
    try:
        return answer()
    except NoAnswer:
        return Finding(SILENT)
    except Failed:
        return Finding(UNREACHABLE)
