"""Animals as plain rows, and the taxonomy in numbers."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from biologidex.animals.models import Animal, Backbone, Taxon
from biologidex.core.caching import generation, remember
from biologidex.core.errors import NotFound
from biologidex.core.prepared import HOLE, Prepared

TAXONOMY = "taxonomy"  # what `core.caching` counts generations of
# Editions (`core.inputs`): of what animals tell, and of which there are.
ANIMALS, NUMBERS = "animals", "numbers"

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
OWN_FIELDS = [name for name, path in ANIMAL_FIELDS.items() if name == path]
RENAMED_FIELDS = {name: F(path) for name, path in ANIMAL_FIELDS.items() if name != path}


def animal_rows(animals: "QuerySet[Animal]", *also: str) -> "QuerySet[Animal, dict[str, Any]]":
    """Return animals as plain rows, for lists: one query and no objects. `also` names what was added to them."""
    rows: QuerySet[Animal, dict[str, Any]] = animals.values(*OWN_FIELDS, *also, **RENAMED_FIELDS)
    return rows


def animal_row(pk: UUID) -> dict[str, Any]:
    """Return one animal as a plain row, or raise NotFound."""
    row = _ANIMAL.first(pk)
    if row is None:
        raise NotFound(_("There is no such animal."))
    return dict(zip((*OWN_FIELDS, *RENAMED_FIELDS), row, strict=True))


_ANIMAL = Prepared(
    lambda: (
        Animal.objects.filter(pk=HOLE).annotate(**RENAMED_FIELDS).values_list(*OWN_FIELDS, *RENAMED_FIELDS)
    )
)


def taxonomy_numbers() -> dict[str, Any]:
    """Return how much there is of everything."""
    key = f"taxonomy:{generation(TAXONOMY)}"
    return remember(key, _numbers, seconds=settings.ANIMAL_CACHE_SECONDS)


def _numbers() -> dict[str, Any]:
    ranks = Taxon.objects.filter(accepted=None).values_list("rank").annotate(Count("pk")).order_by("rank")
    by_rank = dict(ranks)
    found = Animal.objects.aggregate(
        animals=Count("pk"),
        verified=Count("pk", filter=Q(verified=True)),
        sensitive=Count("pk", filter=Q(is_sensitive=True)),
    )
    return {
        "taxa": sum(by_rank.values()),
        "species": by_rank.get("species", 0),
        "with_english": Taxon.objects.filter(accepted=None).exclude(common_name="").count(),
        "by_rank": by_rank,
        "made_by_players": Taxon.objects.exclude(created_by=None).count(),
        **found,
        "sources": Backbone.objects.count(),
    }
