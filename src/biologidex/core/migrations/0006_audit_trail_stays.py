"""The seal of the audit trail on every database, and the one way that old lines of it go.

Whoever makes the table anew on SQLite, as Django does there to change a column, takes the seal away with it: such a
migration has to end with `seal` again.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

LEAST_DAYS = 90  # for which a line stays whatever anybody configures
REFUSED = "what is in the audit trail stays as it is"
POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION app.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF OLD.at < now() - interval '{LEAST_DAYS} days' THEN
                RETURN OLD;
            END IF;
        END IF;
        RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'insufficient_privilege';
    END $$;
CREATE TRIGGER audit_trail_is_not_emptied BEFORE TRUNCATE ON audit_trail
    FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
"""
SQLITE = (
    f"""
    CREATE TRIGGER audit_trail_is_not_changed BEFORE UPDATE ON audit_trail
    BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END
    """,
    f"""
    CREATE TRIGGER audit_trail_is_not_deleted BEFORE DELETE ON audit_trail
    WHEN OLD.at >= strftime('%Y-%m-%d %H:%M:%f', 'now', '-{LEAST_DAYS} days')
    BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END
    """,
)
BEFORE = f"""
DROP TRIGGER audit_trail_is_not_emptied ON audit_trail;
CREATE OR REPLACE FUNCTION app.refuse_change() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'insufficient_privilege'; END $$;
"""


def seal(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Let lines be added and read, and those of long ago be deleted; nothing else, whoever asks."""
    for statement in (POSTGRESQL,) if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def unseal(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Leave what there was before."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BEFORE, params=None)
        return
    for name in ("changed", "deleted"):
        schema_editor.execute(f"DROP TRIGGER audit_trail_is_not_{name}")


class Migration(migrations.Migration):
    dependencies = [("core", "0005_audit_trail")]
    operations = [migrations.RunPython(seal, unseal)]
