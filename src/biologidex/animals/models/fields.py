"""A column for folded names, and how its beginnings are asked for."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

AFTER_EVERY_KEY = "{"  # keys hold a to z, digits and blanks; this sorts behind all of them


class Begins(models.Lookup):
    """`key__begins="gray wo"`: the text begins so, answered by an index on both databases.

    Not `startswith`: SQLite's LIKE ignores case, so it cannot use a plain index. A range can, but only where texts
    are compared byte by byte; PostgreSQL's order follows the language, so there LIKE with its own operators serves.
    """

    lookup_name = "begins"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Compare with the first and the last text that begin so."""
        column, values = self.process_lhs(compiler, connection)
        return f"({column} >= %s AND {column} < %s)", (*values, self.rhs, *values, self.rhs + AFTER_EVERY_KEY)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        """Compare with a pattern. Folded text holds none of the pattern's own signs."""
        column, values = self.process_lhs(compiler, connection)
        return f"{column} LIKE %s", (*values, f"{self.rhs}%")


class FoldedField(models.CharField):  # type: ignore[type-arg]  # generic in its stubs only
    """A text made by `keys.fold`: small letters, digits, single blanks."""


FoldedField.register_lookup(Begins)
