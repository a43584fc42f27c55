"""What changed in dexes since a moment, for programs that keep a copy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from biologidex.accounts.models import User
from biologidex.dex.changes import standing_still
from biologidex.dex.models import DexEntry, DexTombstone
from biologidex.dex.selectors.cards import with_card
from biologidex.social.selectors import friend_ids, kept_apart_ids

Since = Mapping[UUID, datetime | None]  # by owner; None is everything


@dataclass(frozen=True)
class Changes:
    """What is new in one dex for a viewer: the cards, and those that the viewer cannot see any more."""

    entries: list[DexEntry] = field(default_factory=list)
    gone: list[DexTombstone] = field(default_factory=list)


def changes_for(viewer: User, since: Since) -> tuple[dict[UUID, Changes], datetime]:
    """Return what changed in each of these dexes, as far as the viewer may see it, and the moment it was so.

    Ask again with that moment: nothing is missed, whatever is written meanwhile, and nothing is told twice. The
    number of queries does not depend on the number of dexes.
    """
    changes = {owner: Changes() for owner in since}
    known = {owner: moment for owner, moment in since.items() if moment is not None}
    changed = Q(owner__in=[owner for owner in since if owner not in known])
    changed |= _later({owner: at for owner, at in known.items() if owner != viewer.pk}, "updated_at")
    changed |= _later({owner: at for owner, at in known.items() if owner == viewer.pk}, "touched_at")
    with standing_still(list(since)) as moment:
        for entry in with_card(DexEntry.objects.visible_to(viewer).filter(changed)).order_by("updated_at"):
            changes[entry.owner_id].entries.append(entry)
        for stone in tombstones_for(viewer).filter(_later(known, "gone_at")).order_by("gone_at", "pk"):
            changes[stone.owner_id].gone.append(stone)
    return {owner: _consistent(found) for owner, found in changes.items()}, moment


def tombstones_for(viewer: User) -> QuerySet[DexTombstone]:
    """Return word of the cards that the viewer could see once, or that are the viewer's own and deleted."""
    seen = Q(audience=DexEntry.Visibility.PUBLIC)
    seen |= Q(audience=DexEntry.Visibility.FRIENDS, owner__in=friend_ids(viewer))
    return DexTombstone.objects.filter(
        Q(owner=viewer, is_deleted=True) | seen & ~Q(owner__in=kept_apart_ids(viewer)) & ~Q(owner=viewer)
    )


def _later(known: Mapping[UUID, datetime], column: str) -> Q:
    """Ask for the rows of each owner that are later than what is known of them."""
    later = Q(pk__in=[])
    for owner, moment in known.items():
        later |= Q(owner=owner, **{f"{column}__gt": moment})
    return later


def _consistent(found: Changes) -> Changes:
    """Leave out word of cards that can be seen after all: their audience was widened again."""
    visible = {entry.pk for entry in found.entries}
    return Changes(found.entries, [stone for stone in found.gone if stone.entry_id not in visible])
