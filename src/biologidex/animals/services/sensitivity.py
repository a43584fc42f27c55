"""Which animals are sensitive: the list, the rule, and the mark on every animal that follows from both."""

import csv
from dataclasses import dataclass
from importlib import resources
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from biologidex.accounts.models import User
from biologidex.animals.models import Animal, SensitiveTaxon, Taxon
from biologidex.animals.selectors import ANIMALS, sensitive_animals, taxon_for
from biologidex.core import audit, jobs
from biologidex.core.inputs import new_edition

STARTING_LIST, STAFF = "starting list", "staff"
LONGEST_REASON = 300
FEW = 500  # what fits into one IN (...) everywhere


def starting_list() -> list[dict[str, str]]:
    """Return the list that comes with the product: names, ranks and reasons."""
    file = resources.files("biologidex.animals").joinpath("data/sensitive.csv")
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


@transaction.atomic
def fill_sensitive() -> int:
    """Put on the list what the starting list has and nobody has spoken about yet. Returns how many came new."""
    known = set(SensitiveTaxon.objects.values_list("taxon_id", flat=True))
    new = []
    for row in starting_list():
        taxon = taxon_for(scientific_name=row["name"], rank=row["rank"])
        if taxon and taxon.pk not in known:
            known.add(taxon.pk)
            new.append(SensitiveTaxon(taxon=taxon, reason=row["reason"], source=STARTING_LIST))
    SensitiveTaxon.objects.bulk_create(new, ignore_conflicts=True)
    reassess()
    return len(new)


def list_as_sensitive(*, taxon: Taxon, reason: str, source: str, by: User | None = None) -> SensitiveTaxon:
    """Put a taxon, and all that hangs below it, on the list."""
    return _say(SensitiveTaxon.Standing.LISTED, taxon=taxon, reason=reason, source=source, by=by)


def exempt(*, taxon: Taxon, reason: str, source: str, by: User | None = None) -> SensitiveTaxon:
    """Say that a taxon is not sensitive, whatever is said above it and whatever its status."""
    return _say(SensitiveTaxon.Standing.EXEMPT, taxon=taxon, reason=reason, source=source, by=by)


def strike(*, taxon: Taxon, source: str, by: User | None = None) -> SensitiveTaxon:
    """Take back whatever was said about a taxon. The starting list does not bring it back."""
    return _say(SensitiveTaxon.Standing.STRUCK, taxon=taxon, reason="", source=source, by=by)


@transaction.atomic
def _say(standing: str, *, taxon: Taxon, reason: str, source: str, by: User | None) -> SensitiveTaxon:
    said, _ = SensitiveTaxon.objects.update_or_create(
        taxon=taxon, defaults={"standing": standing, "reason": reason, "source": source, "added_by": by}
    )
    reassess()
    return said


@transaction.atomic
def decide(*, by: User, taxon: Taxon, standing: str, reason: str) -> SensitiveTaxon:
    """Say something about a taxon as staff, with a reason that is written down."""
    audit.record(
        by=by, action=f"sensitive.{standing}", kind="taxon", pk=taxon.pk, target=str(taxon), reason=reason
    )
    told = "" if standing == SensitiveTaxon.Standing.STRUCK else reason[:LONGEST_REASON]
    return _say(standing, taxon=taxon, reason=told, source=STAFF, by=by)


@dataclass(frozen=True)
class Effect:
    """Of which animals others would learn less, and of which more."""

    hidden: list[UUID]
    told: list[UUID]


def effect_of(*, taxon: Taxon, standing: str) -> Effect:
    """Return what it would change to say this about a taxon. Nothing is changed."""
    before = sensitive_animals()
    with transaction.atomic():
        SensitiveTaxon.objects.update_or_create(
            taxon=taxon, defaults={"standing": standing, "reason": "on trial", "source": STAFF}
        )
        after = sensitive_animals()
        transaction.set_rollback(True)
    return Effect([UUID(pk) for pk in sorted(after - before)], [UUID(pk) for pk in sorted(before - after)])


@transaction.atomic
def reassess() -> int:
    """Mark every animal as the list and its status say, and return how many marks were wrong.

    From then on the places of their finds are told otherwise. Programs that keep copies learn so a moment later.
    """
    marked = {str(pk) for pk in Animal.objects.filter(is_sensitive=True).values_list("pk", flat=True)}
    right = sensitive_animals()
    for animals, mark in ((sorted(right - marked), True), (sorted(marked - right), False)):
        for start in range(0, len(animals), FEW):
            Animal.objects.filter(pk__in=animals[start : start + FEW]).update(
                is_sensitive=mark, updated_at=timezone.now()
            )
            jobs.enqueue("dex.tell_places_anew", animal_ids=animals[start : start + FEW])
    new_edition(ANIMALS)
    return len(right ^ marked)
