"""PostgreSQL tells of cards that are gone whoever could see them then: `dex.selectors.sync.tombstones_for` once more."""

from importlib import import_module

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

fence = import_module("biologidex.dex.migrations.0004_row_level_security")
BEFORE = f"{fence.OWN} OR {fence._of_others('audience')}"
SINCE = """
    gone_at > (SELECT date_joined FROM accounts_user WHERE id = (SELECT app.viewer_id()))
    AND NOT EXISTS (
        SELECT FROM standings WHERE standings.changed_at >= dex_tombstones.gone_at
        AND (one_id = (SELECT app.viewer_id()) AND other_id = dex_tombstones.owner_id
            OR other_id = (SELECT app.viewer_id()) AND one_id = dex_tombstones.owner_id)
    )
"""


def _let_through(schema_editor: BaseDatabaseSchemaEditor, rule: str) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER POLICY may_read ON dex_tombstones USING ({rule})")


def narrow(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Tell nobody of what was gone before they came, or before they became a friend or parted."""
    _let_through(schema_editor, f"{BEFORE} AND {SINCE}")


def widen(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Go back to the rule of cards."""
    _let_through(schema_editor, BEFORE)


class Migration(migrations.Migration):
    dependencies = [("dex", "0006_what_others_are_told"), ("social", "0003_since_when")]
    operations = [migrations.RunPython(narrow, widen)]
