"""Which animals people know of a group."""

from django.conf import settings
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from biologidex.animals.models import Animal, SearchKey, Taxon, TaxonName
from biologidex.animals.selectors.rows import TAXONOMY
from biologidex.core.caching import generation, remember

COLUMNS = {
    **{rank: rank for rank in ("kingdom", "phylum", "order", "family", "genus", "species")},
    "class": "class_name",
}
SMALL = frozenset({"order", "family", "genus"})  # of anything wider the best known have little in common
MOST = 6
AT_HAND, ELSEWHERE = 0, 1


def is_within(taxon: Taxon, group: Taxon) -> bool | None:
    """Whether a taxon is a group or below it; None for a group of a rank that no line of descent names."""
    if taxon.pk == group.pk:
        return True
    column = COLUMNS.get(group.rank)
    if column is None:
        return None
    return getattr(taxon, column) == group.scientific_name and taxon.phylum == (group.phylum or taxon.phylum)


def best_known(group: Taxon) -> list[Taxon]:
    """Return the species of a genus, family or order that a person is likeliest to mean, a handful of them.

    First come those that have been found on this server, and those with names in several languages, then others with
    an English name; among equals the better known. Kept for a while for everybody: it takes a look at every taxon.
    """
    if group.rank not in SMALL:
        return []
    key = f"members:{generation(TAXONOMY)}:{group.pk}"
    best = remember(key, lambda: _best_known(group), seconds=settings.ANIMAL_CACHE_SECONDS)
    taxa = Taxon.objects.in_bulk(best)
    return [taxa[pk] for pk in best if pk in taxa]


def _best_known(group: Taxon) -> list[int]:
    within = {COLUMNS[group.rank]: group.scientific_name}
    if group.phylum:  # a genus of another phylum may have the same name
        within["phylum"] = group.phylum
    species = Taxon.objects.filter(rank="species", accepted=None, **within)
    # What a player has named stays out of sight until somebody has looked at it.
    found = Animal.objects.filter(taxon=OuterRef("pk"), verified=True)
    abroad = TaxonName.objects.filter(taxon=OuterRef("pk"), kind=TaxonName.Kind.VERNACULAR)
    at_hand = Q(Exists(found)) | Q(Exists(abroad.exclude(language__in=("", "en"))))
    known = species.filter(at_hand | (~Q(common_name="") & Q(created_by=None)))
    return list(_in_order(known, at_hand).values_list("pk", flat=True)[:MOST])


def _in_order(known: "QuerySet[Taxon]", at_hand: Q) -> "QuerySet[Taxon]":
    standing = SearchKey.objects.filter(taxon=OuterRef("pk")).values("standing")[:1]
    nearness = Case(When(at_hand, then=Value(AT_HAND)), default=Value(ELSEWHERE))
    return known.order_by(nearness, Subquery(standing), "pk")
