"""Which cards their owners should look at again, because what is known about the animal has changed."""

from collections.abc import Collection
from itertools import islice
from uuid import UUID

from biologidex.animals.selectors import changed_since
from biologidex.dex.models import DexEntry

MOST = 10_000  # what fits into one IN (...) everywhere, and more than nearly anybody has


def needing_a_look(entry_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the cards whose animal was split, merged or made a synonym after its owner said what it is.

    Whoever says again what it is, even the same, has looked.
    """
    doubtful = DexEntry.objects.filter(changed_since(taxon="animal__taxon", since="identified_at"))
    left = iter(entry_ids)
    found: set[UUID] = set()
    while some := list(islice(left, MOST)):
        found |= set(doubtful.filter(pk__in=some).values_list("pk", flat=True))
    return found
