"""One dex changes one step after the other, and each step leaves a new version.

Everything cached about a dex has its version in the key, and a sync asks for what changed since a moment. Both are
right because a change takes the dex's own row first: its moment is told by the one clock, after every change that
could be seen before it.
"""

from collections.abc import Collection, Iterator, Mapping
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


def hold_still(owner_ids: Collection[UUID], *, later_than: Mapping[UUID, datetime]) -> None:
    """Let none of these dexes change until the transaction ends. What changes after it notes a later moment than these.

    So moments that are not those of a dex's own changes can be told beside them, even if the clock is set back.
    """
    _make_lockable(owner_ids)
    for state in DexState.objects.select_for_update().filter(owner__in=owner_ids).order_by("owner"):
        if later_than.get(state.owner_id, state.changed_at) > state.changed_at:
            DexState.objects.filter(owner=state.owner_id).update(changed_at=later_than[state.owner_id])


def _make_lockable(owner_ids: Collection[UUID]) -> None:
    """Give each dex its row, which it otherwise gets by its first change.

    While that first change is not committed, nobody else sees a row to lock; adding it waits for the change.
    """
    there = set(DexState.objects.filter(owner__in=owner_ids).values_list("owner_id", flat=True))
    # In one order for all, so that two never wait for each other.
    if missing := sorted(set(owner_ids) - there):
        DexState.objects.bulk_create(map(DexState, missing), ignore_conflicts=True)
