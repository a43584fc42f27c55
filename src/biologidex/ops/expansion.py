"""Whether a release of before can live with the tables of this one. Both serve at once while one takes over.

A migration may add what the release of before need not know. What it takes away, narrows or renames has to wait for a
release after the one that stopped using it; the migration then says so: `unused_since = "0.3.0"`.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.db import connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

TAKES_AWAY = (
    operations.DeleteModel,
    operations.RemoveField,
    operations.RenameField,
    operations.RenameModel,
    operations.AlterModelTable,
)
BINDS = (operations.AddConstraint, operations.AlterUniqueTogether)
SQL = re.compile(
    r"\bDROP\s+(TABLE|COLUMN|SCHEMA|VIEW)\b|\bTRUNCATE\b|\bSET\s+NOT\s+NULL\b|\bRENAME\s+(?!CONSTRAINT\b)"
    r"|\bALTER\s+TABLE\b[^;]*\bDROP\s+(?!CONSTRAINT\b|NOT\s+NULL\b)"
    r"|\bALTER\s+(COLUMN\s+)?\S+\s+(SET\s+DATA\s+)?TYPE\b"
    r"|\bADD\s+(CONSTRAINT|CHECK|UNIQUE|FOREIGN|PRIMARY|EXCLUDE)\b|\bCREATE\s+UNIQUE\s+INDEX\b"
    r"|\b(ENABLE|FORCE)\s+ROW\s+LEVEL\s+SECURITY\b",
    re.IGNORECASE,
)


def pending(serving: str) -> list[str]:
    """Return what the server of a version that is at work could not live with, of all that is left to migrate."""
    loader = MigrationLoader(connection)
    done = MigrationRecorder(connection).applied_migrations()
    if not done:  # nobody is at work yet
        return []
    left = [key for key in _in_order(loader) if key not in done]
    return [problem for key in left for problem in problems(loader, key, serving=serving)]


def problems(loader: MigrationLoader, key: tuple[str, str], *, serving: str) -> list[str]:
    """Return what is wrong with one migration, for a server of this version beside it."""
    migration = loader.get_migration(*key)
    since = getattr(migration, "unused_since", None)
    if since is not None and _version(serving) >= _version(since):
        return []
    hint = f" (unused since {since}: deploy that first)" if since else ""
    state = loader.project_state([parent.key for parent in loader.graph.node_map[key].parents])
    return [f"{key[0]}.{key[1]}: {problem}{hint}" for problem in _walk(migration, state)]


def _in_order(loader: MigrationLoader) -> list[tuple[str, str]]:
    plan: list[tuple[str, str]] = []
    for leaf in loader.graph.leaf_nodes():
        plan += [key for key in loader.graph.forwards_plan(leaf) if key not in plan]
    return plan


def _walk(migration: Migration, state: ProjectState) -> Iterator[str]:
    made: set[str] = set()  # tables that nobody of before knows may be as they like
    lifted: list[set[str]] = []  # what had to be unique until now
    for operation in migration.operations:
        if isinstance(operation, operations.CreateModel):
            made.add(operation.name_lower)
        elif isinstance(operation, operations.RemoveConstraint):
            table = state.models[migration.app_label, operation.model_name_lower]
            lifted += [set(one.fields) for one in table.options["constraints"] if one.name == operation.name]
        elif _table(operation) not in made and not _is_looser(operation, lifted):
            yield from _problem(migration.app_label, operation, state)
        operation.state_forwards(migration.app_label, state)


def _is_looser(operation: Operation, lifted: list[set[str]]) -> bool:
    """Whether what is to be unique now forbids nothing that was allowed: it says more than what it stands for."""
    new = getattr(operation, "constraint", None)
    return isinstance(new, models.UniqueConstraint) and any(before <= set(new.fields) for before in lifted)


def _table(operation: Operation) -> str:
    named = getattr(operation, "model_name", None) or getattr(operation, "name", None) or ""
    return str(named).lower()


def _problem(app: str, operation: Operation, state: ProjectState) -> Iterator[str]:
    what = operation.describe()
    if isinstance(operation, operations.SeparateDatabaseAndState):
        for part in operation.database_operations:
            yield from _problem(app, part, state)
    elif isinstance(operation, TAKES_AWAY):
        yield f"{what}: a release of before still uses it"
    elif isinstance(operation, BINDS):
        yield f"{what}: a release of before may write what it forbids"
    elif isinstance(operation, operations.AddField) and not _may_be_left_out(operation.field):
        yield f"{what}: a release of before does not fill it; give it a db_default or allow NULL"
    elif isinstance(operation, operations.AlterField):
        before = state.models[app, operation.model_name_lower].get_field(operation.name)
        yield from (f"{what}: {narrower}" for narrower in _narrower(before, operation.field))
    elif isinstance(operation, operations.RunSQL) and SQL.search(str(operation.sql)):
        yield f"{what}: it takes something away or forbids it"


def _may_be_left_out(field: Any) -> bool:
    return field.null or field.many_to_many or field.db_default is not models.NOT_PROVIDED


def _narrower(before: Any, after: Any) -> Iterator[str]:
    if before.get_internal_type() != after.get_internal_type():
        yield f"it was a {before.get_internal_type()} and becomes a {after.get_internal_type()}"
    if before.null and not after.null:
        yield "it may be empty now, and a release of before leaves it so"
    if _may_be_left_out(before) and not _may_be_left_out(after) and not before.null:
        yield "its default in the database goes, which a release of before leaves it to"
    if after.unique and not before.unique:
        yield "it becomes unique, which a release of before does not heed"
    if before.db_column != after.db_column:
        yield "its column is renamed"
    longest = getattr(before, "max_length", None), getattr(after, "max_length", None)
    if longest[1] is not None and (longest[0] is None or longest[1] < longest[0]):
        yield "it becomes shorter"


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"[0-9]+", text.partition("-")[0]))
