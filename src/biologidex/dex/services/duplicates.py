"""One animal that stands here twice becomes one, with everybody's cards."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from biologidex.accounts.models import User
from biologidex.animals import services as animals
from biologidex.animals.models import Animal
from biologidex.core import audit, identity
from biologidex.dex.changes import changing
from biologidex.dex.errors import NotesTooLong
from biologidex.dex.models import DexEntry
from biologidex.dex.services.cards import identify_anew


@dataclass(frozen=True)
class Merged:
    """How many cards have followed, and how many could not, because the notes of two have no room on one card."""

    moved: int
    left: int


def merge_animals(*, by: User, junk: Animal, into: Animal, reason: str) -> Merged:
    """Put every card of one animal under another, which from then on is what its name means.

    Each dex changes by itself, as if its owner had said so; whoever found it first stays the first. A card that
    cannot follow stays where it is: shorten its notes, and merge again. The number of what is gone is not given anew.
    """
    audit.refuse_others(by)
    animals.refuse_merging(junk=junk, into=into)
    with identity.everything():
        with audit.done_by(by.pk):
            moved = [_moved(entry, into) for entry in _cards(junk)]
        result = Merged(moved.count(True), moved.count(False))
        with transaction.atomic():
            if not _cards(junk).exists():
                animals.retire(animal=junk, meaning=into)
            audit.record(
                by=by,
                action="animal.merge",
                kind="animal",
                pk=junk.pk,
                target=f"{junk.taxon} → {into.taxon}",
                reason=reason,
                moved=result.moved,
                left=result.left,
            )
    return result


def _cards(animal: Animal) -> QuerySet[DexEntry]:
    return DexEntry.objects.filter(animal=animal).select_related("owner", "animal").order_by("pk")


def _moved(entry: DexEntry, into: Animal) -> bool:
    twin = (
        DexEntry.objects.filter(owner=entry.owner_id, animal=into).values_list("filed_at", flat=True).first()
    )
    first = min(entry.filed_at, twin) if twin else entry.filed_at
    try:
        with changing(entry.owner_id):
            identify_anew(by=entry.owner, entry=entry, animal=into)
            _stay_first(entry.pk, first)
    except NotesTooLong:
        return False
    return True


def _stay_first(entry_id: UUID, filed_at: datetime) -> None:
    DexEntry.objects.filter(pk=entry_id).update(filed_at=filed_at)
