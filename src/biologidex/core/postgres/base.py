"""The engine. Django looks for `DatabaseWrapper` in a module of this name."""

import functools
import re
import select
import time
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from django.conf import settings
from django.db import NotSupportedError
from django.db.backends.postgresql import base
from psycopg import pq
from psycopg.adapt import Transformer

from biologidex.core import identity, slow_statements

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]
# Statements that row-level security looks at. Others, such as CREATE INDEX CONCURRENTLY, have to be sent alone.
ASKING = re.compile(r"\s*\(*\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|EXPLAIN)\b", re.IGNORECASE)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose statements about protected tables say for whom they are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = "|".join(map(re.escape, settings.ROW_SECURITY_TABLES))
        self._protected = re.compile(f'"?({names})"?\\b')
        # The same few hundred statements come again and again.
        self.is_protected = functools.lru_cache(1000)(self._looks_protected)
        self.execute_wrappers += [slow_statements.timed, self._for_somebody]

    def is_usable(self) -> bool:
        """Whether the connection still stands. Asked before each request's first question.

        A server that ends a connection says so, and until then says nothing: only if there is something to be read
        is the server asked, which Django does each time.
        """
        if self.connection is None or self.connection.closed:
            return False
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN)
        return not waiting.poll(0) or super().is_usable()

    def mogrified(self, sql: str, values: Sequence[Any]) -> str:
        """Return a statement with its values written into it."""
        self.ensure_connection()
        return psycopg.ClientCursor(self.connection).mogrify(sql, values)

    def read_at_once(self, statement: str) -> list[tuple[Any, ...]] | None:
        """Send a read that is complete as it stands and return its rows. None if that cannot be done.

        A call of libpq's own, without the cursors of psycopg and Django around it: these take most of the time of a
        small question. For such as nobody has to be told for whom they are; nothing in them may come from outside.
        """
        self.ensure_connection()
        self.close_if_health_check_failed()
        self.ensure_connection()
        begun = time.monotonic()
        with self.wrap_database_errors:  # a connection that breaks here is told like any other
            result = self.connection.pgconn.exec_(statement.encode())
        if result.status != pq.ExecStatus.TUPLES_OK:
            return None
        if self.queries_logged:
            self.queries_log.append({"sql": statement, "time": f"{time.monotonic() - begun:.3f}"})
        loaded = Transformer(self.connection)
        loaded.set_pgresult(result)
        return loaded.load_rows(0, result.ntuples, tuple)

    def _looks_protected(self, sql: str) -> bool:
        return bool(ASKING.match(sql) and self._protected.search(sql))

    def _for_somebody(
        self, execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Send the identity and the statement as one message.

        The server runs one message as one transaction, so the identity ends with it: nothing is left for whoever
        gets this connection from the pool next, and it takes no round trip of its own.
        """
        if not self.is_protected(sql):
            return execute(sql, params, many, context)
        if many:
            raise NotSupportedError("One statement at a time: many at once cannot say for whom they are.")
        answer = execute(
            f"SET LOCAL app.current_user_id = '{identity.current()}'; {sql}", params, many, context
        )
        context["cursor"].cursor.nextset()
        return answer
