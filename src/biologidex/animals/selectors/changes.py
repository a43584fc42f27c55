"""What newer backbones changed about taxa that people have found."""

from django.db.models import Exists, OuterRef, QuerySet

from biologidex.animals.models import TaxonChange


def worth_a_second_look() -> "QuerySet[TaxonChange]":
    """Return the changes after which a card may show another animal than its owner meant."""
    return TaxonChange.objects.filter(kind__in=TaxonChange.WORTH_A_SECOND_LOOK)


def changed_since(*, taxon: str, since: str) -> Exists:
    """Say, as part of a larger question, whether a row's taxon has changed so after the row's own time.

    `taxon` and `since` are the row's paths to them. Cards that need a second look are
    `DexEntry.objects.filter(changed_since(taxon="animal__taxon", since="identified_at"))`.
    """
    changes = worth_a_second_look().filter(taxon=OuterRef(taxon), made_at__gt=OuterRef(since))
    return Exists(changes)
