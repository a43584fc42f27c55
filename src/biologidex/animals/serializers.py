"""Shapes of animals in JSON. No text is ever null: what is not known is empty."""

from typing import Any

from rest_framework import serializers

from biologidex.animals.keys import ENGLISH
from biologidex.animals.models import Animal, Taxon, TaxonName
from biologidex.animals.selectors import ANIMAL_FIELDS
from biologidex.core.serializers import Number, Text, WholeNumber

LONGEST = 200


class AnimalOut(serializers.Serializer[Animal]):
    """An animal that has a number. Load it with its taxon. `class` stands beside `class_name`, for older programs."""

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
    conservation_status = serializers.CharField(allow_blank=True, help_text="a Red List code, or blank")
    conservation_source = serializers.CharField(allow_blank=True)
    is_sensitive = serializers.BooleanField(help_text="its places are never told exactly")
    verified = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the one whose name is a word of Python."""
        return {**super().get_fields(), "class": serializers.CharField(allow_blank=True)}

    def to_representation(self, instance: Animal) -> dict[str, Any]:
        """Return the same fields as a row of `animal_rows`."""
        return {name: _follow(instance, path) for name, path in ANIMAL_FIELDS.items()}


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
        vernacular = (name for name in taxon.names.all() if name.kind == TaxonName.Kind.VERNACULAR)
        names = [name.name for name in vernacular if name.language in ENGLISH]
        return sorted(names, key=lambda name: (name != taxon.common_name, name))

    def get_synonyms(self, taxon: Taxon) -> list[str]:
        """Return the other scientific names."""
        return sorted(name.name for name in taxon.names.all() if name.kind == TaxonName.Kind.SYNONYM)

    def get_specific_epithet(self, taxon: Taxon) -> str:
        """Return the second part of a species' name."""
        return taxon.species.partition(" ")[2]


class SearchIn(serializers.Serializer[None]):
    """A search for taxa: free words in `q`, or the parts that the existing client asks for."""

    q = Text(required=False, allow_blank=True)
    genus = Text(required=False, allow_blank=True)
    species = Text(required=False, allow_blank=True)
    common_name = Text(required=False, allow_blank=True)
    limit = WholeNumber(min_value=1, max_value=100, default=20)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a search for nothing."""
        if not {"q", "genus", "species", "common_name"} & attrs.keys():
            raise serializers.ValidationError("Say what to search for: q, genus, species or common_name.")
        return attrs


class NamedIn(serializers.Serializer[None]):
    """An animal as a player names it. All but one name may be blank."""

    scientific_name = Text(required=False, allow_blank=True, max_length=LONGEST)
    common_name = Text(required=False, allow_blank=True, max_length=LONGEST)
    kingdom = Text(required=False, allow_blank=True, max_length=LONGEST)
    phylum = Text(required=False, allow_blank=True, max_length=LONGEST)
    class_name = Text(required=False, allow_blank=True, max_length=LONGEST)
    order = Text(required=False, allow_blank=True, max_length=LONGEST)
    family = Text(required=False, allow_blank=True, max_length=LONGEST)
    genus = Text(required=False, allow_blank=True, max_length=LONGEST)
    species = Text(required=False, allow_blank=True, max_length=LONGEST)


class NamedOut(serializers.Serializer[None]):
    """The animal that was named, and whether it has just got its number."""

    animal = AnimalOut()
    created = serializers.BooleanField()


class ValidateIn(serializers.Serializer[None]):
    """A name to be judged."""

    scientific_name = Text(max_length=LONGEST)
    common_name = Text(required=False, allow_blank=True, max_length=LONGEST)
    confidence = Number(required=False, allow_null=True)


class ValidateOut(serializers.Serializer[None]):
    """What a name is."""

    valid = serializers.BooleanField()
    reason = serializers.ChoiceField(["accepted", "synonym", "misspelled", "unknown", "not_a_name"])
    accepted_name = serializers.CharField(allow_blank=True)
    common_name_matches = serializers.BooleanField(required=False, help_text="if a common name was sent")
    taxon = TaxonOut(required=False)


class LineageStepOut(serializers.Serializer[Any]):
    """One step of a line of descent."""

    id = serializers.IntegerField()
    rank = serializers.CharField()
    scientific_name = serializers.CharField()
    common_name = serializers.CharField(allow_blank=True)


class AnimalTaxonomyOut(serializers.Serializer[None]):
    """Where an animal stands."""

    animal_id = serializers.UUIDField()
    taxon = TaxonOut()
    lineage = LineageStepOut(many=True, help_text="from the top down, without the animal's own taxon")


class SourceOut(serializers.Serializer[Any]):
    """A backbone that the names come from."""

    source = serializers.CharField()  # type: ignore[assignment]  # a field's own argument has this name
    version = serializers.CharField()
    taxa = serializers.IntegerField()
    names = serializers.IntegerField()
    with_english = serializers.IntegerField()
    filled_at = serializers.DateTimeField()


class TaxonomyStatsOut(serializers.Serializer[None]):
    """How much there is of everything."""

    taxa = serializers.IntegerField()
    species = serializers.IntegerField()
    with_english = serializers.IntegerField()
    by_rank = serializers.DictField(child=serializers.IntegerField())
    made_by_players = serializers.IntegerField()
    animals = serializers.IntegerField()
    verified = serializers.IntegerField()
    sensitive = serializers.IntegerField()
    sources = serializers.IntegerField()
