"""What animals are called, how they are related, and which of them carry a number because somebody found one."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from biologidex.animals.keys import KEY_LENGTH, Place

AFTER_EVERY_KEY = "{"  # keys hold a to z, digits and blanks; this sorts behind all of them


class Begins(models.Lookup):
    """`key__begins="gray wo"`: the text begins so, answered by an index on both databases.

    Not `startswith`: SQLite's LIKE ignores case, so it cannot use a plain index. A range can, but only where texts
    are compared byte by byte; PostgreSQL's order follows the language, so there LIKE with its own operators serves.
    """

    lookup_name = "begins"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Compare with the first and the last text that begin so."""
        column, values = self.process_lhs(compiler, connection)
        return f"({column} >= %s AND {column} < %s)", (*values, self.rhs, *values, self.rhs + AFTER_EVERY_KEY)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        """Compare with a pattern. Folded text holds none of the pattern's own signs."""
        column, values = self.process_lhs(compiler, connection)
        return f"{column} LIKE %s", (*values, f"{self.rhs}%")


class FoldedField(models.CharField):  # type: ignore[type-arg]  # generic in its stubs only
    """A text made by `keys.fold`: small letters, digits, single blanks."""


FoldedField.register_lookup(Begins)


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


class DexNumber(models.Model):
    """The last number given to an animal. One row, locked by whoever takes the next one."""

    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="dex_number_is_one_row")]


class Animal(models.Model):
    """A taxon that somebody has found: from then on it has a number in everybody's dex."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    taxon = models.OneToOneField(Taxon, on_delete=models.PROTECT, related_name="animal")
    creation_index = models.PositiveIntegerField(unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    verified = models.BooleanField(default=False)
    # Only where a source may be passed on; the backbone has none, so most are blank.
    conservation_status = models.CharField(max_length=40, blank=True)
    conservation_source = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(creation_index__gte=1), name="animal_number_from_1"),
            models.CheckConstraint(
                condition=models.Q(conservation_status="") | ~models.Q(conservation_source=""),
                name="animal_status_names_its_source",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.creation_index} {self.taxon_id}"
