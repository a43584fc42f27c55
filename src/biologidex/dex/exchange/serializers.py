"""The shapes of imports in JSON."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from biologidex.dex.exchange.incoming.sources import KINDS
from biologidex.dex.exchange.models import ImportRow, ImportRun

OUTCOMES = ImportRow.Outcome.values
KIND_NAMES = list(KINDS)


class ImportIn(serializers.Serializer[Any]):
    """A file, and what it is if the sender knows. Without `kind` its contents tell."""

    file = serializers.FileField(allow_empty_file=True)
    kind = serializers.ChoiceField(choices=KIND_NAMES, required=False, allow_blank=True)


class ImportRunOut(serializers.Serializer[Any]):
    """How far an import is. `imported` to `refused` count the lines that are done."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KIND_NAMES)
    filename = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=ImportRun.State.values)
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    imported = serializers.IntegerField()
    joined = serializers.IntegerField()
    known = serializers.IntegerField()
    unclear = serializers.IntegerField()
    refused = serializers.IntegerField()
    message = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(required=False)


class ImportRowOut(serializers.Serializer[Any]):
    """What became of one line. `entry` is the card it is on; blank if there is none."""

    line = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    name = serializers.CharField(allow_blank=True)
    column = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)
    entry = serializers.CharField(allow_blank=True)


class RowsAsked(serializers.Serializer[Any]):
    """Which lines somebody wants to see."""

    outcome = serializers.ChoiceField(choices=OUTCOMES, required=False)


class ExportAsked(serializers.Serializer[Any]):
    """What a Darwin Core archive shall hold."""

    licensed_only = serializers.BooleanField(required=False, default=True)


def run_out(run: ImportRun) -> dict[str, Any]:
    """Return the JSON of an import that `counted` has loaded."""
    shape = {
        "id": str(run.pk),
        "kind": run.kind,
        "filename": run.filename,
        "state": run.state,
        "total": run.total,
        "done": getattr(run, "done_rows", 0),
        **{outcome: getattr(run, f"{outcome}_rows", 0) for outcome in OUTCOMES},
        "message": run.message,
        "created_at": run.created_at,
    }
    return shape | ({"finished_at": run.finished_at} if run.finished_at else {})


def rows_out(rows: Iterable[ImportRow]) -> list[dict[str, Any]]:
    """Return the JSON of lines."""
    return [
        {
            "line": row.line,
            "outcome": row.outcome,
            "name": row.name,
            "column": row.column,
            "message": row.message,
            "entry": str(row.entry_id or ""),
        }
        for row in rows
    ]
