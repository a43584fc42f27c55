"""Giving a found taxon its number."""

from django.db import transaction

from biologidex.accounts.models import User
from biologidex.animals.models import Animal, ConservationStatus, DexNumber, Taxon
from biologidex.animals.selectors import NUMBERS, is_sensitive
from biologidex.core.inputs import new_edition


def animal_for(*, by: User, taxon: Taxon) -> Animal:
    """Return the animal of this taxon, giving it the next number if nobody has found one before."""
    animal, _ = found_or_numbered(by=by, taxon=taxon)
    return animal


def found_or_numbered(*, by: User, taxon: Taxon) -> tuple[Animal, bool]:
    """Return the animal of this taxon, and whether it has been given its number just now.

    Numbers start at 1 and leave no gap: the counter is locked until the caller's transaction ends, and a transaction
    that fails gives its number back. Two people who find the same taxon at once get the same animal.
    """
    known = Animal.objects.filter(taxon=taxon).first()  # asked first: nearly always there, and locks nothing
    return (known, False) if known else _numbered(by=by, taxon=taxon)


@transaction.atomic
def _numbered(*, by: User, taxon: Taxon) -> tuple[Animal, bool]:
    counter, _ = DexNumber.objects.select_for_update().get_or_create(pk=1)
    known = Animal.objects.filter(taxon=taxon).first()  # somebody may have been faster while we waited
    if known:
        return known, False
    told = ConservationStatus.objects.filter(taxon=taxon).first()
    status, source = (told.status, told.source) if told else ("", "")
    counter.last += 1
    counter.save(update_fields=["last"])
    animal = Animal.objects.create(
        taxon=taxon,
        creation_index=counter.last,
        created_by=by,
        conservation_status=status,
        conservation_source=source,
        is_sensitive=is_sensitive(taxon, status=status),
        verified=not taxon.is_made_by_player or taxon.references.exists(),
    )
    new_edition(NUMBERS)
    return animal, True
