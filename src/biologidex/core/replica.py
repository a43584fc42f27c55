"""Reads from the replica that are as fresh as reads from the primary.

A view that only reads may say so (`@reads_replica`). Then the primary is asked how far it has written, and the
replica is read if it has got as far on the same timeline; whatever anybody was told to be done before the question, is
in the answer. If it is behind, or does not answer, or follows a database that was restored since, the primary is read.
Nobody is shown an older state than one they have seen, and nothing has to be remembered between requests.
"""

import functools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.models import Model

from biologidex.core import metrics

log = logging.getLogger(__name__)
REPLICA = "replica"
PAUSE = 2.0  # seconds between two looks at a replica that does not answer
BELIEVED = 1.0  # seconds for which an answer holds: a replica never goes back, but it may be exchanged
# Who somebody is, and who is whose friend, is asked of the primary in any case.
ALWAYS_PRIMARY = {"accounts", "auth", "contenttypes", "core", "sessions", "social"}

# How far somebody is in the write-ahead log: on which timeline (each restore and each promotion begins a new one), and
# how many bytes from its beginning. A replica's timeline is that of its own last checkpoint or flush: after it has gone
# over to another one it is not read until then. Who is no replica any more has none.
# https://www.postgresql.org/docs/15/continuous-archiving.html#BACKUP-TIMELINES
WRITTEN = "SELECT pg_walfile_name(pg_current_wal_lsn()), pg_current_wal_lsn() - '0/0'"
REPLAYED = """
    SELECT CASE WHEN pg_is_in_recovery() THEN greatest(
             (SELECT timeline_id FROM pg_control_checkpoint()),
             (SELECT min_recovery_end_timeline FROM pg_control_recovery())) ELSE 0 END,
           coalesce(pg_last_wal_replay_lsn() - '0/0', 0)
"""
HEXADECIMAL_DIGITS = 8  # of a timeline, with which the name of a file of the log begins

_reading: ContextVar[bool] = ContextVar("reads_replica", default=False)
View = TypeVar("View", bound=type)


class _Replica:
    """What this process knows of the replica, for all its threads."""

    is_away = False
    lock = threading.Lock()
    replayed = (0, 0)  # its timeline, and it has got at least this far on it
    asked_at = 0.0


class Router:
    """Sends reads to the replica while a block says that it may be read. Everything else is the primary's."""

    def db_for_read(self, model: type[Model], **_: Any) -> str:
        """Return where to read this model now."""
        if _reading.get() and model._meta.app_label not in ALWAYS_PRIMARY:
            return REPLICA
        return DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[Model], **_: Any) -> str:  # noqa: ARG002
        """Return the primary, also for rows about to be locked. From then on this request reads there as well."""
        _reading.set(False)
        return DEFAULT_DB_ALIAS

    def allow_relation(self, *_: Model, **__: Any) -> bool:
        """Let rows from both refer to each other: they are the same rows."""
        return True

    def allow_migrate(self, db: str, *_: Any, **__: Any) -> bool:
        """Migrate the primary; the replica follows by itself."""
        return db == DEFAULT_DB_ALIAS


@contextmanager
def reading() -> Iterator[bool]:
    """Read the replica within the block, if there is one and it is as far as the primary. Says whether it is."""
    usable = REPLICA in settings.DATABASES and _is_as_far()
    mark = _reading.set(usable)
    try:
        yield usable
    finally:
        _reading.reset(mark)


def _is_as_far() -> bool:
    now = time.monotonic()
    if _Replica.is_away:
        return False
    written = _written()
    if _is_reached(written) and now - _Replica.asked_at < BELIEVED:
        return True
    try:
        _Replica.replayed, _Replica.asked_at = _replayed(), now
    except (OperationalError, InterfaceError) as error:
        _give_up(error)
        return False
    return _is_reached(written)


def _is_reached(written: tuple[int, int]) -> bool:
    timeline, at = _Replica.replayed
    return written[0] == timeline and written[1] <= at


def _written() -> tuple[int, int]:
    """Return the primary's timeline and position."""
    file, at = _ask(DEFAULT_DB_ALIAS, WRITTEN)
    return int(file[:HEXADECIMAL_DIGITS], 16), int(at)


def _replayed() -> tuple[int, int]:
    """Return the replica's timeline and position."""
    timeline, at = _ask(REPLICA, REPLAYED)
    return int(timeline), int(at)


def _ask(alias: str, statement: str) -> tuple[Any, ...]:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)
        return tuple(cursor.fetchone())


def _give_up(error: Exception) -> None:
    """Leave the replica alone until a thread of its own, which nobody waits for, has got an answer from it."""
    connections[REPLICA].close()
    with _Replica.lock:
        if _Replica.is_away:
            return
        # What comes back may be another one, not as far as this.
        _Replica.is_away, _Replica.replayed = True, (0, 0)
    log.warning("the replica does not answer: reads go to the primary (%s)", type(error).__name__)
    threading.Thread(target=_look_for_it, name="looks for the replica", daemon=True).start()


def _look_for_it() -> None:
    while _Replica.is_away:
        time.sleep(PAUSE)
        try:
            _replayed()
        except (OperationalError, InterfaceError):
            continue
        finally:
            connections[REPLICA].close()
        _Replica.is_away = False
    log.info("the replica answers again")


def reads_replica(view: View) -> View:
    """Let a view's GET read the replica; if that breaks off on the way, the primary answers instead."""
    get: Callable[..., Any] = view.get  # type: ignore[attr-defined]

    @functools.wraps(get)
    def read(*args: Any, **kwargs: Any) -> Any:
        with reading() as from_replica:
            metrics.count_read(from_replica=from_replica)
            try:
                return get(*args, **kwargs)
            except (OperationalError, InterfaceError) as error:
                if not from_replica:
                    raise
                _give_up(error)
        return get(*args, **kwargs)

    view.get = read  # type: ignore[attr-defined]
    return view
