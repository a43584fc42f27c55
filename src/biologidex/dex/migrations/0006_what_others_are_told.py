"""When anything of a card changed, beside when something changed that others are told."""

import django.utils.timezone
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

from biologidex.core import identity


def tell(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Until now there was one moment for both."""
    with identity.everything():
        apps.get_model("dex", "DexEntry").objects.update(touched_at=F("updated_at"))


class Migration(migrations.Migration):
    dependencies = [("dex", "0005_who_was_first")]
    operations = [
        migrations.AddField(
            model_name="dexentry",
            name="touched_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddIndex(
            model_name="dexentry",
            index=models.Index(fields=["owner", "touched_at"], name="dex_entry_touched"),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
