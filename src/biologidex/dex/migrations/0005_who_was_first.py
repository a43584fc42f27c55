"""When a card became one of its animal here, which no file can say."""

import django.utils.timezone
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

from biologidex.core import identity


def tell(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Cards were filed when they were made; those from a file when that was taken in."""
    entries, rows = apps.get_model("dex", "DexEntry"), apps.get_model("dex", "ImportRow")
    with identity.everything():
        entries.objects.update(filed_at=F("created_at"))
        imported = rows.objects.filter(outcome="imported", entry__isnull=False)
        for entry_id, at in imported.values_list("entry_id", "run__created_at"):
            entries.objects.filter(pk=entry_id, filed_at__lt=at).update(filed_at=at)


class Migration(migrations.Migration):
    dependencies = [("dex", "0004_row_level_security")]
    operations = [
        migrations.AddField(
            model_name="dexentry",
            name="filed_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
