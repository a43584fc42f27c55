"""One's cards, some hundred at a time, so that a large dex takes no more memory than a small one."""

from collections.abc import Iterator

from django.db.models import Prefetch

from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry, EntryPhoto

BATCH = 200
QUERIES = 2  # for each batch: the cards, and the photos on them


def cards_of(owner: User) -> Iterator[DexEntry]:
    """Give every card by its number, with its animal and photos.

    Not one long cursor: the reader may be slow, and a connection behind a pool cannot be held for them. A number is
    no animal's twice, so the next batch begins behind the last one whatever changed meanwhile.
    """
    shown = EntryPhoto.objects.select_related("photo__parent", "job").defer("job__embedding")
    cards = (
        DexEntry.objects.filter(owner=owner)
        .select_related("owner__profile", "animal__taxon")
        .prefetch_related(Prefetch("photos", shown))
        .order_by("animal__creation_index")
    )
    last = 0
    while batch := list(cards.filter(animal__creation_index__gt=last)[:BATCH]):
        yield from batch
        last = batch[-1].animal.creation_index
        if len(batch) < BATCH:
            return
