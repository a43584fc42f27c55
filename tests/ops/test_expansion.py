"""A migration of ours never takes away what a release of before, which serves beside the new one, still uses."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

from biologidex.ops import expansion

# The last migration of each app that the first release brings: what is older, nobody has to live beside.
FIRST_RELEASE = {
    "accounts": "0008_words_from_staff",
    "animals": "0007_conservation_by_taxon",
    "core": "0005_audit_trail",
    "dex": "0013_cards_that_staff_have_hidden",
    "media": "0006_how_photos_look",
    "social": "0005_words_from_staff",
    "vision": "0003_what_identification_costs",
}
ROOT = Path(__file__).parents[2]


def loaded() -> MigrationLoader:
    return MigrationLoader(None)


def with_migration(*operations: Any, app: str = "accounts", **more: Any) -> MigrationLoader:
    """The migrations there are, and one more of an app with these operations."""
    loader = loaded()
    (leaf,) = loader.graph.leaf_nodes(app)
    kind = type(
        "Migration", (migrations.Migration,), {"dependencies": [leaf], "operations": operations, **more}
    )
    key = (app, "9999_next")
    migration = loader.disk_migrations[key] = kind("9999_next", app)
    loader.graph.add_node(key, migration)
    loader.graph.add_dependency(migration, key, leaf)
    return loader


def said_of(*operations: Any, serving: str = "0", app: str = "accounts", **more: Any) -> list[str]:
    loader = with_migration(*operations, app=app, **more)
    return expansion.problems(loader, (app, "9999_next"), serving=serving)


def test_every_migration_since_the_first_release_only_adds() -> None:
    loader = loaded()
    ours = {app for app, name in loader.disk_migrations if (ROOT / "src" / "biologidex" / app).is_dir()}

    late = [
        key for key in loader.disk_migrations if key[0] in ours and key[1] > FIRST_RELEASE.get(key[0], "")
    ]

    assert [problem for key in late for problem in expansion.problems(loader, key, serving="0")] == []


@pytest.mark.parametrize(
    "harmless",
    [
        migrations.AddField("user", "shoe_size", models.IntegerField(null=True)),
        migrations.AddField("user", "shoe_size", models.IntegerField(db_default=42)),
        migrations.CreateModel("shoe", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddIndex("user", models.Index(fields=["username"], name="i")),
        migrations.AlterField("user", "username", models.CharField(max_length=500, unique=True)),
        migrations.RunSQL("CREATE INDEX i ON accounts_user (username)"),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_what_only_adds_is_let_through(harmless: Any) -> None:
    assert said_of(harmless) == []


@pytest.mark.parametrize(
    ("harmful", "reason"),
    [
        (migrations.RemoveField("user", "username"), "still uses it"),
        (migrations.RenameField("user", "username", "name"), "still uses it"),
        (migrations.DeleteModel("user"), "still uses it"),
        (migrations.AddField("user", "size", models.IntegerField(default=1)), "does not fill it"),
        (migrations.AlterField("user", "username", models.CharField(max_length=9, unique=True)), "shorter"),
        (migrations.AlterField("user", "username", models.IntegerField(unique=True)), "becomes a Integer"),
        (migrations.AlterUniqueTogether("user", {("username", "id")}), "forbids"),
        (migrations.RunSQL("ALTER TABLE accounts_user DROP COLUMN username"), "takes something away"),
        (migrations.RunSQL("ALTER TABLE accounts_user DROP username"), "takes something away"),
        (migrations.RunSQL("ALTER TABLE accounts_user RENAME username TO name"), "takes something away"),
        (migrations.RunSQL("ALTER TABLE a ALTER b SET DATA TYPE integer"), "takes something away"),
        (migrations.RunSQL("ALTER TABLE a ALTER b DROP DEFAULT"), "takes something away"),
        (migrations.RunSQL("ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)"), "takes something away"),
        (migrations.RunSQL(["SELECT 1", "CREATE UNIQUE INDEX c ON a (b)"]), "takes something away"),
        (migrations.RunSQL("ALTER TABLE a FORCE ROW LEVEL SECURITY"), "takes something away"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else None,
)
def test_what_a_release_of_before_could_not_live_with_is_named(harmful: Any, reason: str) -> None:
    (said,) = said_of(harmful)

    assert said.startswith("accounts.9999_next: ")
    assert reason in said


def test_a_default_of_the_database_that_goes_is_named() -> None:
    """A release of before leaves the column to it, or does not know the column at all."""
    (said,) = said_of(
        migrations.AddField("user", "size", models.IntegerField(db_default=42)),
        migrations.AlterField("user", "size", models.IntegerField()),
    )
    assert "its default" in said

    without = migrations.AlterField("user", "size", models.IntegerField(null=True))
    assert said_of(migrations.AddField("user", "size", models.IntegerField(db_default=42)), without) == []


def test_a_table_that_is_made_in_the_same_migration_may_be_as_it_likes() -> None:
    made = migrations.CreateModel("shoe", [("id", models.BigAutoField(primary_key=True))])

    assert said_of(made, migrations.AddField("shoe", "size", models.IntegerField(default=1))) == []


def test_a_constraint_may_stand_for_a_stricter_one() -> None:
    lifted = migrations.RemoveConstraint("taxonname", "taxon_name_once_in_a_language")

    def once(*fields: str) -> migrations.AddConstraint:
        return migrations.AddConstraint("taxonname", models.UniqueConstraint(fields=fields, name="once"))

    before = ("taxon", "kind", "name", "language", "source")
    assert said_of(lifted, once(*before, "id"), app="animals") == []
    (said,) = said_of(lifted, once("taxon", "name"), app="animals")
    assert "forbids" in said


def test_what_no_release_in_service_uses_any_more_may_go() -> None:
    gone = migrations.RemoveField("user", "username")

    assert said_of(gone, serving="0.3.1", unused_since="0.3.0") == []
    (said,) = said_of(gone, serving="0.2.9", unused_since="0.3.0")
    assert "unused since 0.3.0: deploy that first" in said


@pytest.mark.django_db
def test_the_command_refuses_for_a_deployment(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    call_command("expand_only", "--serving", "0.1.0")
    assert "only adds" in capsys.readouterr().out

    gone = with_migration(migrations.RemoveField("user", "username"))
    monkeypatch.setattr(expansion, "MigrationLoader", lambda _: gone)
    with pytest.raises(CommandError, match="still uses it"):
        call_command("expand_only", "--serving", "0.1.0")
