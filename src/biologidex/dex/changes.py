"""One dex changes one step after the other, and each step leaves a new version.

Everything cached about a dex has its version in the key, and a sync asks for what changed since a moment. Both are
right because a change takes the dex's own row first: its moment is told by the one clock, after every change that
could be seen before it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from biologidex.core import clock
from biologidex.dex.models import DexState

TICK = timedelta(microseconds=1)  # what a database tells times apart by


@contextmanager
def changing(owner_id: UUID) -> Iterator[datetime]:
    """Do what follows in one transaction, alone in this dex. Gives the moment to note on what is changed."""
    with transaction.atomic():
        DexState.objects.get_or_create(owner_id=owner_id)
        state = DexState.objects.select_for_update().get(owner_id=owner_id)
        state.changed_at = max(clock.now(), state.changed_at + TICK)
        state.version += 1
        yield state.changed_at
        state.save(update_fields=["version", "changed_at"])


@contextmanager
def standing_still(owner_ids: Sequence[UUID]) -> Iterator[datetime]:
    """Let none of these dexes change during the block. Gives a moment: what changes later notes a later one.

    It is that of the latest change, not that of the clock: so it holds even for a clock that is set back.
    """
    with transaction.atomic():
        locked = DexState.objects.select_for_update().filter(owner__in=owner_ids).order_by("owner")
        latest = [state.changed_at for state in locked]
        yield max(latest, default=None) or clock.now()
