"""Statements that took long, in our own log: as they are written here, without the values.

PostgreSQL could log them too, but what it gets has the values written into it (deploy/postgres/roles.sql), and here
the line carries the id of the request.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

log = logging.getLogger(__name__)
SLOW = 0.1  # seconds; the same as log_min_duration_statement in deploy/postgres/postgresql.conf
LONGEST = 2000  # characters: a list of a thousand ids says nothing more


def watch(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Time every statement of a connection to PostgreSQL. Called whenever one is made."""
    if connection.vendor == "postgresql" and _timed not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _timed)  # outermost: sees the statement before others add to it


def _timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    begun = time.monotonic()
    try:
        return execute(sql, params, many, context)
    finally:
        took = time.monotonic() - begun
        if took >= SLOW:
            log.warning("slow statement: %.0f ms: %s", took * 1000, sql[:LONGEST])
