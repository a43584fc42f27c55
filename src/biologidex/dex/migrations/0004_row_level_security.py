"""PostgreSQL refuses rows by itself to whoever may not see them: `DexEntryQuerySet.visible_to` once more, underneath.

`app.current_user_id` says for whom a statement is: a person's id, `anonymous` or `everything`; unset is nobody, who
sees nothing (biologidex/core/identity.py). FORCE binds the tables' owner as well; a backup needs BYPASSRLS. What does
not depend on the row stands in a sub-select, so that it is worked out once for a statement, not for each row.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FUNCTIONS = """
CREATE SCHEMA IF NOT EXISTS app;
GRANT USAGE ON SCHEMA app TO PUBLIC;
-- A setting that was ever set on a connection comes back as '' and not as NULL.
CREATE FUNCTION app.viewer() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.current_user_id', true), '') $$;
CREATE FUNCTION app.viewer_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT CASE WHEN app.viewer() NOT IN ('anonymous', 'everything') THEN app.viewer()::uuid END $$;
CREATE FUNCTION app.sees_everything() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(app.viewer() = 'everything', false) $$;
"""
OWN = "(SELECT app.sees_everything()) OR owner_id = (SELECT app.viewer_id())"
FRIENDS = """
    SELECT asked_id FROM friendships WHERE status = 'accepted' AND asked_by_id = (SELECT app.viewer_id())
    UNION ALL
    SELECT asked_by_id FROM friendships WHERE status = 'accepted' AND asked_id = (SELECT app.viewer_id())
"""
KEPT_APART = """
    SELECT blocked_id FROM blocks WHERE blocker_id = (SELECT app.viewer_id())
    UNION ALL
    SELECT blocker_id FROM blocks WHERE blocked_id = (SELECT app.viewer_id())
"""


def _of_others(audience: str) -> str:
    """Return what lets rows of others through, by the column that names their audience."""
    return f"""
        (SELECT app.viewer()) IS NOT NULL
        AND ({audience} = 'public' OR {audience} = 'friends' AND owner_id IN ({FRIENDS}))
        AND owner_id NOT IN ({KEPT_APART})
        AND owner_id NOT IN (SELECT id FROM accounts_user WHERE NOT is_active)
    """


def _protect(table: str, *, read: str, write: str) -> str:
    return f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY may_read ON {table} FOR SELECT USING ({read});
        CREATE POLICY may_add ON {table} FOR INSERT WITH CHECK ({write});
        CREATE POLICY may_change ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write});
        CREATE POLICY may_delete ON {table} FOR DELETE USING ({write});
    """


# What these two select from is protected itself: a row that hangs on another is seen with that other.
ITS_ENTRY = "EXISTS (SELECT FROM dex_entries WHERE dex_entries.id = entry_id)"
ITS_OWN_ENTRY = f"EXISTS (SELECT FROM dex_entries WHERE dex_entries.id = entry_id AND ({OWN}))"
ITS_RUN = "EXISTS (SELECT FROM dex_import_runs WHERE dex_import_runs.id = run_id)"
ON_A_CARD = "EXISTS (SELECT FROM dex_entry_photos WHERE dex_entry_photos.photo_id = media_photo.id)"
PROTECTED = {
    "dex_entries": (f"{OWN} OR {_of_others('visibility')}", OWN),
    "dex_entry_photos": (ITS_ENTRY, ITS_OWN_ENTRY),
    "dex_tombstones": (f"{OWN} OR {_of_others('audience')}", OWN),
    "dex_import_runs": (OWN, OWN),
    "dex_import_rows": (ITS_RUN, ITS_RUN),
    "media_photo": (f"{OWN} OR {ON_A_CARD}", OWN),
    "vision_analysisjob": (OWN, OWN),
}


def protect(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the fence up, where the database has one."""
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(FUNCTIONS)
    for table, (read, write) in PROTECTED.items():
        schema_editor.execute(_protect(table, read=read, write=write))


def unprotect(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the fence down."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in PROTECTED:
        for policy in ("may_read", "may_add", "may_change", "may_delete"):
            schema_editor.execute(f"DROP POLICY {policy} ON {table}")
        schema_editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        schema_editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    schema_editor.execute("DROP SCHEMA app CASCADE")


class Migration(migrations.Migration):
    dependencies = [
        ("dex", "0003_imports"),
        ("accounts", "0004_closed_accounts"),
        ("media", "0004_uploads"),
        ("social", "0002_what_the_asked_may_know"),
        ("vision", "0002_conversions"),
    ]
    operations = [migrations.RunPython(protect, unprotect)]
