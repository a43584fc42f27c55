"""Where and when animals of a taxon were found, as far as somebody may see that."""

from collections import Counter

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractMonth

from biologidex.accounts.models import User
from biologidex.animals.models import Taxon
from biologidex.dex.models import DexEntry
from biologidex.dex.privacy import ToldPlace, place_for

# The columns of a taxon that name those above it, by the rank that they name.
COLUMNS = {
    "phylum": "phylum",
    "class": "class_name",
    "order": "order",
    "family": "family",
    "genus": "genus",
    "species": "species",
}
MOST_PLACES = 200


def sightings_of(taxon: Taxon, *, viewer: User) -> QuerySet[DexEntry]:
    """Return the cards of a taxon, and of all that stand below it, that the viewer may see."""
    below = Q(animal__taxon=taxon)
    if column := COLUMNS.get(taxon.rank):
        below |= Q(**{f"animal__taxon__{column}": taxon.scientific_name})
    return DexEntry.objects.visible_to(viewer).filter(below)


def months_of(sightings: QuerySet[DexEntry]) -> Counter[int]:
    """Return by month, from 1, in how many finds the animal was first met then. Finds without a day are in none."""
    dated = sightings.exclude(catch_date=None).order_by().annotate(month=ExtractMonth("catch_date"))
    return Counter(dict(dated.values_list("month").annotate(Count("pk"))))


def places_of(sightings: QuerySet[DexEntry], *, viewer: User) -> list[tuple[DexEntry, ToldPlace]]:
    """Return the newest cards that tell the viewer a place, each with it: at most MOST_PLACES."""
    located = sightings.exclude(latitude=None).select_related("animal", "owner").order_by("-created_at", "pk")
    told = ((entry, place_for(entry, viewer)) for entry in located[:MOST_PLACES])
    return [(entry, place) for entry, place in told if place and place.latitude is not None]
