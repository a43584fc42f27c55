"""Questions that are asked at nearly every request: their SQL is written once, which takes longer than asking it."""

import functools
import uuid
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models, router
from django.db.models import QuerySet

HOLE = uuid.uuid4()  # stands in the queryset where each question has another id
ID = models.UUIDField()
Row = tuple[Any, ...]
Converters = dict[int, tuple[list[Any], Any]]  # by column


class Prepared:
    """A question about one id.

    `ask` returns a queryset of `values_list`, made once with HOLE in place of the id; whatever else it depends on is
    written into the SQL and stays.
    """

    def __init__(self, ask: "Callable[[], QuerySet[Any, Any]]") -> None:
        self._ask = ask
        self._complete: str | None = None  # the SQL with its values, HOLE among them

    @functools.cached_property
    def _asked(self) -> "QuerySet[Any, Any]":
        return self._ask()

    @functools.cached_property
    def _written(self) -> tuple[str, Row, Converters]:
        compiler = self._asked.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, values = compiler.as_sql()
        converters = compiler.get_converters([column[0] for column in compiler.select])
        return sql, tuple(values), converters

    def all(self, about: UUID | None = None) -> tuple[Row, ...]:
        """Return the rows of the answer."""
        connection: Any = connections[router.db_for_read(self._asked.model)]
        sql, values, converters = self._written
        rows = self._read_at_once(connection, about)
        if rows is None:
            hole, filling = _adapted(HOLE, connection), _adapted(about, connection)
            with connection.cursor() as cursor:
                cursor.execute(sql, [filling if value == hole else value for value in values])
                rows = cursor.fetchall()
        return tuple(_converted(row, converters, connection) for row in rows) if converters else tuple(rows)

    def _read_at_once(self, connection: Any, about: UUID | None) -> list[Row] | None:
        """Ask the shorter way, if there is one: for tables without row-level security, and in no transaction."""
        sql, values, _ = self._written
        if connection.vendor != "postgresql" or connection.in_atomic_block or connection.is_protected(sql):
            return None
        if self._complete is None:
            self._complete = connection.mogrified(sql, values).replace(HOLE.hex, str(HOLE))
        told: list[Row] | None = connection.read_at_once(self._complete.replace(str(HOLE), str(about)))
        return told

    def first(self, about: UUID | None = None) -> Row | None:
        """Return the first row of the answer, None if there is none."""
        return next(iter(self.all(about)), None)


def _converted(row: Row, converters: Converters, connection: Any) -> Row:
    told = list(row)
    for place, (steps, column) in converters.items():
        for step in steps:
            told[place] = step(told[place], column, connection)
    return tuple(told)


def _adapted(value: UUID | None, connection: Any) -> Any:
    return ID.get_db_prep_value(value, connection)
