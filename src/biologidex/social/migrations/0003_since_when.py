"""When two people last became friends or parted."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, Q


def tell(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Friends have been friends since the answer. Who parted earlier was not written down."""
    accepted = apps.get_model("social", "Friendship").objects.filter(status="accepted")
    standings = []
    for friendship in accepted.iterator():
        one, other = sorted((friendship.asked_by_id, friendship.asked_id))
        at = friendship.answered_at or friendship.created_at
        standings.append({"one_id": one, "other_id": other, "changed_at": at})
    model = apps.get_model("social", "Standing")
    model.objects.bulk_create([model(**columns) for columns in standings], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("social", "0002_what_the_asked_may_know"),
    ]
    operations = [
        migrations.CreateModel(
            name="Standing",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("changed_at", models.DateTimeField()),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "standings",
                "constraints": [
                    models.UniqueConstraint(fields=["one", "other"], name="one_standing_of_two"),
                    models.CheckConstraint(condition=Q(one__lt=F("other")), name="standing_has_an_order"),
                ],
            },
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
