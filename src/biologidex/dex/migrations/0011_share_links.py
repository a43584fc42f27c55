"""Links to single cards for people without an account. PostgreSQL lets their owner alone see them.

Whoever opens a link is nobody: `dex.selectors.shared` finds it by its digest and then acts for the card's owner.
"""

import uuid
from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

fence = import_module("biologidex.dex.migrations.0004_row_level_security")
TABLE = "dex_share_links"


def protect(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Put the fence around the table."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(fence._protect(TABLE, read=fence.ITS_OWN_ENTRY, write=fence.ITS_OWN_ENTRY))


def unprotect(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Take the fence down; its policies go with the table."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY")
        schema_editor.execute(f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY")


class Migration(migrations.Migration):
    dependencies = [("dex", "0010_who_may_read_what_people_are_told")]
    operations = [
        migrations.CreateModel(
            name="ShareLink",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("tells_place", models.BooleanField(default=False)),
                ("tells_notes", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="share_links",
                        to="dex.dexentry",
                    ),
                ),
            ],
            options={
                "db_table": TABLE,
                "indexes": [models.Index(fields=["expires_at"], name="share_link_expires")],
            },
        ),
        migrations.RunPython(protect, unprotect),
    ]
