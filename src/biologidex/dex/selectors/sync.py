"""What changed in dexes since a moment, for programs that keep a copy."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from biologidex.accounts.models import User
from biologidex.core.prepared import HOLE, Prepared
from biologidex.dex.changes import hold_still
from biologidex.dex.models import DexEntry, DexState, DexTombstone
from biologidex.dex.selectors.cards import card_rows
from biologidex.social.selectors import friend_ids, kept_apart_ids, standing_since, standing_with

Since = Mapping[UUID, datetime | None]  # by owner; None is everything
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # the moment of a dex of which nothing is shown


@dataclass(frozen=True)
class Changes:
    """What is new in one dex for a viewer: the cards, and those that the viewer cannot see any more.

    If it is complete, the cards are all that there are for the viewer. `moment` is what to ask with the next time: that
    of the latest change that the viewer may know of.
    """

    entries: list[Any] = field(default_factory=list)  # rows of `card_rows`
    gone: list[DexTombstone] = field(default_factory=list)
    is_complete: bool = True
    moment: datetime = NEVER


def changes_for(viewer: User, since: Since) -> dict[UUID, Changes]:
    """Return what changed in each of these dexes, as far as the viewer may see it.

    Ask again with the moments: nothing is missed, whatever is written meanwhile, and nothing is told twice. The number
    of queries does not depend on the number of dexes.

    A dex that shows the viewer nothing is always told in the same way: as empty. So nobody can tell whether its owner
    has hidden everything, has blocked them, or never found anything.
    """
    others = [owner for owner in since if owner != viewer.pk]
    if not others and (unchanged := _unchanged(viewer, since)):
        return {viewer.pk: unchanged}
    with transaction.atomic():
        standing = standing_since(viewer, others) if others else {}
        hold_still(since, later_than=standing)
        shown = _latest(viewer, since)
        changes = {
            owner: _beginning(moment, shown[owner], standing.get(owner, NEVER))
            if owner in shown
            else Changes()
            for owner, moment in since.items()
        }
        _fill(viewer, changes, since)
    return {owner: _consistent(found) for owner, found in changes.items()}


def _unchanged(viewer: User, since: Since) -> Changes | None:
    """Return that nothing is new in one's own dex, if the copy is of the very moment of its last change."""
    moment = since.get(viewer.pk)
    if moment and _CHANGED_AT.first(viewer.pk) == (moment,):
        return Changes(is_complete=False, moment=moment)
    return None


_CHANGED_AT = Prepared(lambda: DexState.objects.filter(owner=HOLE).values_list("changed_at"))


def _latest(viewer: User, owners: Collection[UUID]) -> dict[UUID, datetime]:
    """Return the moment of the latest change that the viewer may know of, for each dex that shows them anything.

    One's own shows also what is gone.
    """
    cards = _seen(viewer, owners).filter(owner__in=owners).order_by().values("owner")
    shown = {
        row["owner"]: row["touched" if row["owner"] == viewer.pk else "updated"]
        for row in cards.annotate(updated=Max("updated_at"), touched=Max("touched_at"))
    }
    stones = _gone(viewer, owners).filter(owner__in=owners).order_by().values("owner")
    for row in stones.annotate(gone=Max("gone_at")):
        if row["owner"] in shown or row["owner"] == viewer.pk:
            shown[row["owner"]] = max(row["gone"], shown.get(row["owner"], NEVER))
    return shown


def _beginning(since: datetime | None, latest: datetime, standing: datetime) -> Changes:
    """Return what is told of a dex but for the rows. A copy from before two people parted is told everything anew."""
    is_complete = since is None or since <= NEVER or since < standing
    return Changes(is_complete=is_complete, moment=max(latest, standing))


def _fill(viewer: User, changes: Mapping[UUID, Changes], since: Since) -> None:
    """Read the rows: of a complete dex all, of others what is later than the copy."""
    told = [owner for owner, found in changes.items() if found.moment > NEVER]
    later = {owner: since[owner] for owner in told if not changes[owner].is_complete}
    own = {owner: moment for owner, moment in later.items() if owner == viewer.pk}
    changed = Q(owner__in=[owner for owner in told if owner not in later])
    changed |= _after({owner: later[owner] for owner in later if owner not in own}, "updated_at")
    changed |= _after(own, "touched_at")
    for row in card_rows(_seen(viewer, changes).filter(changed)).order_by("updated_at", "pk"):
        changes[row.owner_id].entries.append(row)
    for stone in _gone(viewer, changes).filter(_after(later, "gone_at")).order_by("gone_at", "pk"):
        changes[stone.owner_id].gone.append(stone)


def _seen(viewer: User, owners: Collection[UUID]) -> QuerySet[DexEntry]:
    """Return what the viewer may see of these dexes. Of one's own that is all, which is a much smaller question."""
    if set(owners) == {viewer.pk}:
        return DexEntry.objects.filter(owner=viewer)
    return DexEntry.objects.visible_to(viewer)


def _gone(viewer: User, owners: Collection[UUID]) -> QuerySet[DexTombstone]:
    if set(owners) == {viewer.pk}:
        return DexTombstone.objects.filter(owner=viewer, is_deleted=True)
    return tombstones_for(viewer)


def tombstones_for(viewer: User) -> QuerySet[DexTombstone]:
    """Return word of the cards that the viewer could see then, or that are the viewer's own and deleted.

    Nobody is told of what was gone before they came here, or before they became a friend or parted: they never saw
    it, or had the dex told anew since.
    """
    seen = Q(audience=DexEntry.Visibility.PUBLIC)
    seen |= Q(audience=DexEntry.Visibility.FRIENDS, owner__in=friend_ids(viewer))
    seen &= ~Q(owner__in=kept_apart_ids(viewer)) & ~Q(owner=viewer) & Q(gone_at__gt=viewer.date_joined)
    stood_otherwise = standing_with(viewer).filter(changed_at__gte=OuterRef("gone_at"))
    return DexTombstone.objects.filter(Q(owner=viewer, is_deleted=True) | seen & ~Exists(stood_otherwise))


def _after(moments: Mapping[UUID, Any], column: str) -> Q:
    """Ask for the rows of each owner that are later than their moment."""
    later = Q(pk__in=[])
    for owner, moment in moments.items():
        later |= Q(owner=owner, **{f"{column}__gt": moment})
    return later


def _consistent(found: Changes) -> Changes:
    """Leave out word of cards that can be seen after all: their audience was widened again."""
    visible = {entry.pk for entry in found.entries}
    return replace(found, gone=[stone for stone in found.gone if stone.entry_id not in visible])
