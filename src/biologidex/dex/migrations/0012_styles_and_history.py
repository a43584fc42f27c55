"""How a card looks, and what was done to it. PostgreSQL lets its owner alone read the second."""

from importlib import import_module

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

fence = import_module("biologidex.dex.migrations.0004_row_level_security")
TABLE = "dex_entry_changes"


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
    dependencies = [("dex", "0011_share_links")]
    operations = [
        migrations.AddField(
            model_name="dexentry",
            name="style",
            field=models.CharField(
                blank=True,
                choices=[
                    ("notebook", "Field notebook"),
                    ("postcard", "Postcard"),
                    ("lantern", "Lantern slide"),
                ],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="EntryChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("filed", "Filed"),
                            ("identified", "Identified"),
                            ("joined", "Joined"),
                            ("edited", "Edited"),
                            ("photo_added", "Photo Added"),
                            ("photo_removed", "Photo Removed"),
                        ],
                        max_length=13,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("before", models.CharField(blank=True, max_length=200)),
                ("after", models.CharField(blank=True, max_length=200)),
                ("fields", models.CharField(blank=True, max_length=200)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="dex.dexentry",
                    ),
                ),
            ],
            options={
                "db_table": TABLE,
                "indexes": [models.Index(fields=["entry", "at"], name="entry_change_of_card")],
            },
        ),
        migrations.RunPython(protect, unprotect),
    ]
