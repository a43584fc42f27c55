"""What an operator's backbone looks like on its way in. A killed import goes on from these rows."""

from django.db import models

from biologidex.animals.keys import KEY_LENGTH
from biologidex.animals.models.taxa import Taxon


class TaxonomyImport(models.Model):
    """One version of one operator's backbone being taken in, or taken in already."""

    class State(models.TextChoices):
        READING = "reading"
        APPLYING = "applying"
        DONE = "done"

    source = models.CharField(max_length=20)
    version = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READING)
    names_read = models.PositiveIntegerField(default=0)  # rows of the archive that are staged
    vernaculars_read = models.PositiveIntegerField(default=0)
    is_update = models.BooleanField()  # an earlier version is here: then what is new is a change
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "version"], name="taxonomy_import_once"),
        ]


class StagedName(models.Model):
    """A row of the archive. `taxon` is what it has become; a name that cannot be read stands for its parent."""

    run = models.ForeignKey(TaxonomyImport, on_delete=models.CASCADE, related_name="names")
    line = models.PositiveIntegerField()
    source_id = models.CharField(max_length=200)
    parent_id_there = models.CharField(max_length=200, blank=True)  # of a synonym: the accepted name
    rank = models.CharField(max_length=30)
    scientific_name = models.CharField(max_length=KEY_LENGTH, blank=True)
    is_synonym = models.BooleanField()
    taxon = models.ForeignKey(Taxon, on_delete=models.SET_NULL, null=True, related_name="+")
    is_expanded = models.BooleanField(default=False)  # everything right below it has its taxon

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "source_id"], name="staged_name_once")]
        indexes = [
            models.Index(fields=["run", "parent_id_there"], name="staged_below"),
            models.Index(
                fields=["run", "id"],
                condition=models.Q(is_synonym=False, taxon__isnull=False, is_expanded=False),
                name="staged_to_expand",
            ),
        ]


class StagedVernacular(models.Model):
    """What people call a staged name."""

    run = models.ForeignKey(TaxonomyImport, on_delete=models.CASCADE, related_name="vernaculars")
    source_id = models.CharField(max_length=200)
    name = models.CharField(max_length=KEY_LENGTH)

    class Meta:
        indexes = [models.Index(fields=["run", "source_id"], name="staged_vernacular")]
