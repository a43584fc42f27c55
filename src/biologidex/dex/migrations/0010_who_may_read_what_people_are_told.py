"""PostgreSQL keeps reactions, notifications and reports from whoever may not read them, as `visible_to` does.

A card's owner reaches every reaction on it, also those that are not shown to them, because they go with the card.
"""

from importlib import import_module

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

fence = import_module("biologidex.dex.migrations.0004_row_level_security")
ALL, VIEWER = "(SELECT app.sees_everything())", "(SELECT app.viewer_id())"
CARD = "SELECT FROM dex_entries WHERE dex_entries.id = entry_id"  # protected itself
FRIENDS_CARD = f"EXISTS ({CARD} AND owner_id IN ({fence.FRIENDS}))"
OWN_CARD = f"EXISTS ({CARD} AND owner_id = {VIEWER})"
STAFF = f"EXISTS (SELECT FROM accounts_user WHERE id = {VIEWER} AND is_staff AND is_active)"
OWN_REACTION = f"{ALL} OR person_id = {VIEWER} AND {FRIENDS_CARD}"
HEARD = f"{FRIENDS_CARD} AND (person_id = {VIEWER} OR person_id NOT IN ({fence.KEPT_APART}))"
OWN = f"{ALL} OR person_id = {VIEWER}"
REPORTED = f"{ALL} OR reporter_id = {VIEWER} OR {STAFF}"
PROTECTED = {  # table: who may read, add, change, delete
    "dex_reactions": (
        f"{ALL} OR {OWN_CARD} OR {HEARD}",
        OWN_REACTION,
        OWN_REACTION,
        f"{OWN_REACTION} OR {OWN_CARD}",
    ),
    "notifications": (OWN, ALL, OWN, OWN),
    "reports": (REPORTED, f"{ALL} OR reporter_id = {VIEWER}", REPORTED, ALL),
}


def protect(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Put the fence up, where the database has one."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, (read, add, change, delete) in PROTECTED.items():
        schema_editor.execute(f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
            CREATE POLICY may_read ON {table} FOR SELECT USING ({read});
            CREATE POLICY may_add ON {table} FOR INSERT WITH CHECK ({add});
            CREATE POLICY may_change ON {table} FOR UPDATE USING ({change}) WITH CHECK ({change});
            CREATE POLICY may_delete ON {table} FOR DELETE USING ({delete});
        """)


def unprotect(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Take the fence down."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in PROTECTED:
        for policy in ("may_read", "may_add", "may_change", "may_delete"):
            schema_editor.execute(f"DROP POLICY {policy} ON {table}")
        schema_editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        schema_editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


class Migration(migrations.Migration):
    dependencies = [
        ("dex", "0009_reactions"),
        ("social", "0004_people_are_told_things"),
        ("accounts", "0005_when_an_address_became_ours"),
    ]
    operations = [migrations.RunPython(protect, unprotect)]
