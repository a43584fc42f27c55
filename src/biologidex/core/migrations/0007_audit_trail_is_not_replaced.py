"""On SQLite, INSERT OR REPLACE deletes a line without asking the triggers of deletion: one of insertion refuses it.

PostgreSQL asks the trigger of changes for its own way, ON CONFLICT DO UPDATE. Whoever makes the table anew on SQLite
has to end with `seal` of this migration too.
"""

from importlib import import_module

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSED = import_module("biologidex.core.migrations.0006_audit_trail_stays").REFUSED
TRIGGER = "audit_trail_is_not_replaced"


def seal(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Let no new line take the place of one that is there."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"""
            CREATE TRIGGER {TRIGGER} BEFORE INSERT ON audit_trail
            WHEN EXISTS (SELECT 1 FROM audit_trail WHERE id = NEW.id)
            BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END
            """,
            params=None,
        )


def unseal(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Leave what there was before."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER {TRIGGER}")


class Migration(migrations.Migration):
    dependencies = [("core", "0006_audit_trail_stays")]
    operations = [migrations.RunPython(seal, unseal)]
