"""The backbone: taxa, their names, and the keys under which names are found."""

from django.db import models

from biologidex.animals.keys import KEY_LENGTH, Place
from biologidex.animals.models.fields import FoldedField


class Taxon(models.Model):
    """A group of animals at some rank: a species, a family, a breed's subspecies."""

    class Source(models.TextChoices):
        NCBI = "ncbi", "NCBI Taxonomy"
        BIOLOGIDEX = "biologidex", "BiologiDex"

    source = models.CharField(max_length=20, choices=Source.choices)
    source_id = models.CharField(max_length=60)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    rank = models.CharField(max_length=30)
    scientific_name = models.CharField(max_length=KEY_LENGTH)
    common_name = models.CharField(max_length=KEY_LENGTH, blank=True)
    # The line of descent as people read it, so that no list has to climb the tree.
    kingdom = models.CharField(max_length=KEY_LENGTH, blank=True)
    phylum = models.CharField(max_length=KEY_LENGTH, blank=True)
    class_name = models.CharField(max_length=KEY_LENGTH, blank=True)
    order = models.CharField(max_length=KEY_LENGTH, blank=True)
    family = models.CharField(max_length=KEY_LENGTH, blank=True)
    genus = models.CharField(max_length=KEY_LENGTH, blank=True)
    species = models.CharField(max_length=KEY_LENGTH, blank=True)

    class Meta:
        verbose_name_plural = "taxa"
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="taxon_once_per_source"),
            models.CheckConstraint(condition=~models.Q(scientific_name=""), name="taxon_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.scientific_name


class TaxonName(models.Model):
    """One of the names of a taxon."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted"
        SYNONYM = "synonym"
        VERNACULAR = "vernacular"

    taxon = models.ForeignKey(Taxon, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=KEY_LENGTH)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    language = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["taxon", "kind", "name"], name="taxon_name_once"),
        ]


class SearchKey(models.Model):
    """A name of a taxon, folded and begun at one of its words (see `keys`)."""

    taxon = models.ForeignKey(Taxon, on_delete=models.CASCADE, related_name="search_keys")
    key = FoldedField(max_length=KEY_LENGTH)
    place = models.PositiveSmallIntegerField(choices=[(place.value, place.name) for place in Place])
    standing = models.PositiveIntegerField()  # 1 is the best known taxon of all
    # The key's first letter and first two letters: so many keys share them that the answer must come in order.
    one = models.CharField(max_length=1)
    two = models.CharField(max_length=2)

    class Meta:
        indexes = [
            models.Index(fields=["key"], name="search_key", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["one", "place", "standing"], name="search_one"),
            models.Index(fields=["two", "place", "standing"], name="search_two"),
        ]


class Backbone(models.Model):
    """What the names were last filled from. One row per source."""

    source = models.CharField(max_length=20, unique=True)
    version = models.CharField(max_length=80)
    taxa = models.PositiveIntegerField()
    names = models.PositiveIntegerField()
    with_english = models.PositiveIntegerField()
    filled_at = models.DateTimeField()
