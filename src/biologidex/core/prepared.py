"""Questions that are asked at nearly every request: their SQL is written once, which takes longer than asking it."""

import functools
import hashlib
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
        self._named: tuple[str, str] | None = None  # a name, and the SQL with its values and $1 for the hole

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
        """Ask the shorter way, if this database has one and is in no transaction, which an error would end."""
        if connection.vendor != "postgresql" or connection.in_atomic_block:
            return None
        if self._named is None:
            sql, values, _ = self._written
            complete = connection.mogrified(sql, values).replace(f"'{HOLE.hex}'::uuid", "$1")
            # Named by its contents: releases that ask otherwise share the server's connections.
            self._named = f"q{hashlib.sha256(complete.encode()).hexdigest()[:20]}", complete
        told: list[Row] | None = connection.read_at_once(*self._named, about)
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
