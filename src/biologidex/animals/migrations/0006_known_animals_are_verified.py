"""Until now nothing said of an animal whether a backbone knows it."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Exists, OuterRef, Q


def confirm_known(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Mark what is no player's invention."""
    animals, references = apps.get_model("animals", "Animal"), apps.get_model("animals", "TaxonReference")
    of_players = Q(taxon__source="biologidex", taxon__source_id__startswith="made:")
    known = animals.objects.filter(~of_players | Exists(references.objects.filter(taxon=OuterRef("taxon"))))
    animals.objects.filter(pk__in=list(known.values_list("pk", flat=True))).update(verified=True)


class Migration(migrations.Migration):
    dependencies = [("animals", "0005_expanded_names")]
    operations = [migrations.RunPython(confirm_known, migrations.RunPython.noop)]
