"""The backbone: taxa, their names, and the keys under which names are found."""

from django.conf import settings
from django.db import models

from biologidex.animals.keys import KEY_LENGTH, Place
from biologidex.animals.models.fields import FoldedField

MADE_BY_PLAYERS = "made:"  # how the ids begin of taxa that a player named


class Taxon(models.Model):
    """A group of animals at some rank: a species, a family, a breed's subspecies.

    `source` is whose it is: that backbone says what it is called and where it hangs. Other backbones that know it
    too refer to it (`TaxonReference`). A taxon that a newer backbone calls a synonym stays, for all that refers to
    it, and points to the `accepted` one, which is never a synonym itself.
    """

    class Source(models.TextChoices):
        """The sources that are always there. Operators import others under names of their own."""

        NCBI = "ncbi", "NCBI Taxonomy"
        BIOLOGIDEX = "biologidex", "BiologiDex"

    source = models.CharField(max_length=20)
    source_id = models.CharField(max_length=200)
    created_by = models.ForeignKey(  # the player who named it, if no backbone did
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    accepted = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced")
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
        indexes = [models.Index(fields=["scientific_name"], name="taxon_by_name")]

    def __str__(self) -> str:
        return self.scientific_name

    @property
    def is_made_by_player(self) -> bool:
        """Whether no backbone knows it: somebody here named it."""
        return self.source == self.Source.BIOLOGIDEX and self.source_id.startswith(MADE_BY_PLAYERS)

    @property
    def source_name(self) -> str:
        """Whose taxon it is, as people call it: an operator's own source by the name that it was imported under."""
        return dict(self.Source.choices).get(self.source, self.source)


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
    source = models.CharField(max_length=20, blank=True)  # who added it, if not the taxon's own source

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["taxon", "kind", "name", "language", "source"], name="taxon_name_once_in_a_language"
            ),
        ]


class TaxonReference(models.Model):
    """The id of a taxon in a backbone that an operator has imported."""

    taxon = models.ForeignKey(Taxon, on_delete=models.CASCADE, related_name="references")
    source = models.CharField(max_length=20)
    source_id = models.CharField(max_length=200)
    parent_id_there = models.CharField(max_length=200, blank=True)
    version = models.CharField(max_length=80)  # of the newest import that has it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="taxon_reference_once"),
        ]


class SearchKey(models.Model):
    """A name of a taxon, folded and begun at one of its words (see `keys`)."""

    taxon = models.ForeignKey(Taxon, on_delete=models.CASCADE, related_name="search_keys")
    key = FoldedField(max_length=KEY_LENGTH)
    place = models.PositiveSmallIntegerField(choices=[(place.value, place.name) for place in Place])
    standing = models.PositiveIntegerField()  # 1 is the best known taxon of all
    # Of a name in another language than English or Latin. Not blank elsewhere: an index of these few alone needs NULL,
    # because SQLite takes it for a question only where `language = 'de'` says that it is not that.
    language = models.CharField(max_length=10, null=True)  # noqa: DJ001 -- as said above
    # The key's first letter and first two letters: so many keys share them that the answer must come in order.
    one = models.CharField(max_length=1)
    two = models.CharField(max_length=2)

    class Meta:
        indexes = [
            models.Index(fields=["key"], name="search_key", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["one", "place", "standing"], name="search_one"),
            models.Index(fields=["two", "place", "standing"], name="search_two"),
            models.Index(
                fields=["language", "key"],
                name="search_own",
                opclasses=["varchar_pattern_ops", "varchar_pattern_ops"],
                condition=models.Q(language__isnull=False),
            ),
        ]


class TaxonChange(models.Model):
    """What a new version of a backbone changed about a taxon it had before.

    `taxon` is the one whose meaning changed: of a merger the one that stays, of a split the one that lost a part.
    """

    class Kind(models.TextChoices):
        NEW = "new"
        RENAMED = "renamed"
        SYNONYM = "synonym"
        SPLIT = "split"
        MERGED = "merged"
        MOVED = "moved"
        VANISHED = "vanished"

    # After these a card may show another animal than its owner meant.
    WORTH_A_SECOND_LOOK = (Kind.SYNONYM, Kind.SPLIT, Kind.MERGED)

    taxon = models.ForeignKey(Taxon, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    before = models.CharField(max_length=250, blank=True)
    after = models.CharField(max_length=250, blank=True)
    source = models.CharField(max_length=20)
    version = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "version", "taxon", "kind", "before", "after"], name="taxon_change_once"
            ),
        ]
        indexes = [models.Index(fields=["taxon", "made_at"], name="taxon_changed")]


class Backbone(models.Model):
    """What the names were last filled from. One row per source."""

    source = models.CharField(max_length=20, unique=True)
    version = models.CharField(max_length=80)
    taxa = models.PositiveIntegerField()
    names = models.PositiveIntegerField()
    with_english = models.PositiveIntegerField()
    filled_at = models.DateTimeField()
