"""Statements that took long, in our own log: as they are written here, without the values.

PostgreSQL could log them too, but what it gets has the values written into it (deploy/postgres/roles.sql), and here
the line carries the id of the request.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)
SLOW = 0.1  # seconds; the same as log_min_duration_statement in deploy/postgres/postgresql.conf
LONGEST = 2000  # characters: a list of a thousand ids says nothing more


def timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Send a statement, as a wrapper of a connection, and log it if that took long."""
    begun = time.monotonic()
    try:
        return execute(sql, params, many, context)
    finally:
        tell(sql, time.monotonic() - begun)


def tell(sql: str, took: float) -> None:
    """Log a statement that took so many seconds, if that is long."""
    if took >= SLOW:
        log.warning("slow statement: %.0f ms: %s", took * 1000, sql[:LONGEST])
