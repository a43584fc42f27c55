"""Shapes of animals in JSON. No text is ever null: what is not known is empty."""

from typing import Any

from django.db.models import F, QuerySet
from rest_framework import serializers

from biologidex.animals.models import Animal, Taxon, TaxonName

# What an animal tells, and where it stands. `class` is for programs that know only that word.
ANIMAL_FIELDS = {
    "id": "id",
    "taxon_id": "taxon_id",
    "creation_index": "creation_index",
    "scientific_name": "taxon__scientific_name",
    "common_name": "taxon__common_name",
    "rank": "taxon__rank",
    "kingdom": "taxon__kingdom",
    "phylum": "taxon__phylum",
    "class_name": "taxon__class_name",
    "class": "taxon__class_name",
    "order": "taxon__order",
    "family": "taxon__family",
    "genus": "taxon__genus",
    "species": "taxon__species",
    "conservation_status": "conservation_status",
    "conservation_source": "conservation_source",
    "is_sensitive": "is_sensitive",
    "verified": "verified",
    "created_at": "created_at",
    "updated_at": "updated_at",
}


class AnimalOut(serializers.Serializer[Animal]):
    """A found animal. Load it with its taxon."""

    id = serializers.UUIDField()
    taxon_id = serializers.IntegerField()
    creation_index = serializers.IntegerField(min_value=1)
    scientific_name = serializers.CharField()
    common_name = serializers.CharField(allow_blank=True)
    rank = serializers.CharField()
    kingdom = serializers.CharField(allow_blank=True)
    phylum = serializers.CharField(allow_blank=True)
    class_name = serializers.CharField(allow_blank=True)
    order = serializers.CharField(allow_blank=True)
    family = serializers.CharField(allow_blank=True)
    genus = serializers.CharField(allow_blank=True)
    species = serializers.CharField(allow_blank=True)
    conservation_status = serializers.CharField(allow_blank=True)
    conservation_source = serializers.CharField(allow_blank=True)
    is_sensitive = serializers.BooleanField()
    verified = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the one whose name is a word of Python."""
        return {**super().get_fields(), "class": serializers.CharField(allow_blank=True)}

    def to_representation(self, instance: Animal) -> dict[str, Any]:
        """Return the same fields as a row of `animal_rows`."""
        return {name: _follow(instance, path) for name, path in ANIMAL_FIELDS.items()}


def animal_rows(animals: "QuerySet[Animal]") -> "QuerySet[Animal, dict[str, Any]]":
    """Return animals as plain rows, for lists: one query and no objects."""
    own = [name for name, path in ANIMAL_FIELDS.items() if name == path]
    renamed = {name: F(path) for name, path in ANIMAL_FIELDS.items() if name != path}
    rows: QuerySet[Animal, dict[str, Any]] = animals.values(*own, **renamed)
    return rows


def _follow(thing: Any, path: str) -> Any:
    for step in path.split("__"):
        thing = getattr(thing, step)
    return thing


class TaxonOut(serializers.ModelSerializer[Taxon]):
    """A taxon to choose from. Load it with its names."""

    common_names = serializers.SerializerMethodField()
    synonyms = serializers.SerializerMethodField()
    specific_epithet = serializers.SerializerMethodField()

    class Meta:
        model = Taxon
        fields = (
            *(
                "id",
                "source",
                "source_id",
                "rank",
                "scientific_name",
                "common_name",
                "common_names",
                "synonyms",
            ),
            *("kingdom", "phylum", "class_name", "order", "family", "genus", "species", "specific_epithet"),
        )

    def get_common_names(self, taxon: Taxon) -> list[str]:
        """Return the English names, the one to show first."""
        names = [name.name for name in taxon.names.all() if name.kind == TaxonName.Kind.VERNACULAR]
        return sorted(names, key=lambda name: (name != taxon.common_name, name))

    def get_synonyms(self, taxon: Taxon) -> list[str]:
        """Return the other scientific names."""
        return sorted(name.name for name in taxon.names.all() if name.kind == TaxonName.Kind.SYNONYM)

    def get_specific_epithet(self, taxon: Taxon) -> str:
        """Return the second part of a species' name."""
        return taxon.species.partition(" ")[2]


class SearchIn(serializers.Serializer[None]):
    """A search for taxa: free words in `q`, or the parts that the existing client asks for."""

    q = serializers.CharField(required=False, allow_blank=True)
    genus = serializers.CharField(required=False, allow_blank=True)
    species = serializers.CharField(required=False, allow_blank=True)
    common_name = serializers.CharField(required=False, allow_blank=True)
    limit = serializers.IntegerField(min_value=1, max_value=100, default=20)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a search for nothing."""
        if not {"q", "genus", "species", "common_name"} & attrs.keys():
            raise serializers.ValidationError("Say what to search for: q, genus, species or common_name.")
        return attrs
