"""The engine. Django looks for `DatabaseWrapper` in a module of this name."""

import functools
import re
import select
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import NotSupportedError, OperationalError
from django.db.backends.postgresql import base
from django.db.utils import DatabaseErrorWrapper
from django.utils.functional import cached_property
from psycopg import pq
from psycopg.abc import Buffer
from psycopg.adapt import Loader, Transformer
from psycopg.pq.abc import PGresult

from biologidex.core import identity, slow_statements

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]
# Statements that row-level security looks at. Others, such as CREATE INDEX CONCURRENTLY, have to be sent alone.
ASKING = re.compile(r"\s*\(*\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|EXPLAIN)\b", re.IGNORECASE)
NOT_PREPARED = b"26000"


class UtcLoader(Loader):
    """Reads times with the interpreter's own parser. Django's way through psycopg takes ten times as long."""

    timezone = UTC  # as Django looks it up: the connection's, which tells all times in it

    def load(self, data: Buffer) -> datetime:
        """Return the time, in UTC."""
        return datetime.fromisoformat(str(data, "ascii"))


class ErrorsOfDjango(DatabaseErrorWrapper):
    """Tells psycopg's errors as Django's, and a connection that was lost always as that.

    psycopg takes it for a fault of its own when both the server and the pool say that they end it. If that answers a
    COMMIT, nobody knows whether it was done.
    """

    def __init__(self, wrapper: base.DatabaseWrapper) -> None:
        super().__init__(wrapper)
        self.connection = wrapper

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        held = self.connection.connection
        if isinstance(error, psycopg.InternalError) and held is not None and held.closed:
            self.connection.errors_occurred = True
            raise OperationalError("the connection was lost") from error
        super().__exit__(kind, error, trace)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose statements about protected tables say for whom they are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = "|".join(map(re.escape, settings.ROW_SECURITY_TABLES))
        self._protected = re.compile(f'"?({names})"?\\b')
        # The same few hundred statements come again and again.
        self._is_protected = functools.lru_cache(1000)(self._looks_protected)
        self.execute_wrappers += [slow_statements.timed, self._for_somebody]

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection."""
        connection = super().get_new_connection(conn_params)
        if self.timezone == UTC:
            connection.adapters.register_loader("timestamptz", UtcLoader)
        return connection

    @cached_property
    def wrap_database_errors(self) -> ErrorsOfDjango:
        """Return what each call of psycopg is made in."""
        return ErrorsOfDjango(self)

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

    def read_at_once(self, name: str, statement: str, about: UUID | None) -> list[tuple[Any, ...]] | None:
        """Ask a question about $1 and return its rows. None if it has to be asked in the ordinary way.

        The server keeps its plan under the name, which must be of this statement only: planning takes several times
        as long as answering. Which server connection of the pool one gets is chance, so whether the plan is there is
        found out by asking. A call of libpq's own, without the cursors of psycopg and Django around it: these take
        most of the time of a small question. Nothing in the statement may come from outside.
        """
        self.ensure_connection()
        self.close_if_health_check_failed()
        self.ensure_connection()
        hole = f"'{about}'" if about else "NULL"
        asked = f"EXECUTE {name}({hole})"
        if self._is_protected(statement):
            asked = f"SET LOCAL app.current_user_id = '{identity.current()}'; {asked}"
        begun = time.monotonic()
        with self.wrap_database_errors:  # a connection that breaks here is told like any other
            result = self._sent(asked)
            if result.error_field(pq.DiagnosticField.SQLSTATE) == NOT_PREPARED:
                result = self._sent(f"PREPARE {name}(uuid) AS {statement}; {asked}")
        slow_statements.tell(statement, time.monotonic() - begun)
        if result.status != pq.ExecStatus.TUPLES_OK:
            return None
        if self.queries_logged:
            self.queries_log.append({"sql": statement, "time": f"{time.monotonic() - begun:.3f}"})
        loaded = Transformer(self.connection)
        loaded.set_pgresult(result)
        return loaded.load_rows(0, result.ntuples, tuple)

    def _sent(self, message: str) -> PGresult:
        result: PGresult = self.connection.pgconn.exec_(message.encode())
        return result

    def _looks_protected(self, sql: str) -> bool:
        return bool(ASKING.match(sql) and self._protected.search(sql))

    def _for_somebody(
        self, execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Send the identity and the statement as one message.

        The server runs one message as one transaction, so the identity ends with it: nothing is left for whoever
        gets this connection from the pool next, and it takes no round trip of its own.
        """
        if not self._is_protected(sql):
            return execute(sql, params, many, context)
        if many:
            raise NotSupportedError("One statement at a time: many at once cannot say for whom they are.")
        answer = execute(
            f"SET LOCAL app.current_user_id = '{identity.current()}'; {sql}", params, many, context
        )
        context["cursor"].cursor.nextset()
        return answer
