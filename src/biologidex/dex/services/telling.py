"""Tell people what their own dex has come to, and which of their cards they should look at again."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from biologidex.accounts.models import User
from biologidex.animals.selectors import changed_since
from biologidex.core import jobs
from biologidex.dex.collection.badges import counted_badges
from biologidex.dex.collection.finds import finds_of, first_card
from biologidex.dex.models import DexEntry
from biologidex.social import services as social
from biologidex.social.models import Notification

Kind = Notification.Kind
NEW = timedelta(days=2)  # what was earned earlier, by finds that a file brought, is no news
LOOKS = 10  # cards that one person is asked to look at again on one day


def count_anew(owner_id: UUID, entry_id: UUID | None = None) -> None:
    """Have somebody's badges counted in the background. A new card may be the first of its animal."""
    jobs.enqueue("dex.tell_progress", owner_id=str(owner_id), entry_id=str(entry_id or ""))


def tell_progress(*, owner_id: UUID, entry_id: UUID | None) -> None:
    """Tell a person of badges they have just earned, and of none that they do not wear any more."""
    owner = User.objects.filter(pk=owner_id, is_active=True, profile__badges_enabled=True).first()
    if owner is None:
        return
    worn = {
        one.badge.key: one.earned_at for one in counted_badges(finds_of(owner, viewer=owner)) if one.earned_at
    }
    social.take_badges_back(person_id=owner_id, but=worn)
    for key, earned_at in worn.items():
        if earned_at > timezone.now() - NEW:
            social.notify(person_id=owner_id, kind=Kind.BADGE, detail=key)
    entry = DexEntry.objects.filter(pk=entry_id, owner=owner).first() if entry_id else None
    if entry and first_card(entry.animal_id, viewer=owner) == entry:
        social.notify(person_id=owner_id, kind=Kind.FIRST_FIND, subject=entry.pk, is_news=False)


def looked_at(entry: DexEntry) -> None:
    """Note that the owner has said again what a card is of: what was told of it before does not hold any more."""
    for kind in (Kind.FIRST_FIND, Kind.SECOND_LOOK):
        social.take_back(kind=kind, subject=entry.pk)
    count_anew(entry.owner_id)


def tell_second_looks() -> int:
    """Ask owners to look again at cards of animals that were split, merged or renamed, some each day."""
    told = Notification.objects.filter(
        kind=Kind.SECOND_LOOK, person=OuterRef("owner"), subject=OuterRef("pk")
    )
    doubtful = DexEntry.objects.filter(
        changed_since(taxon="animal__taxon", since="identified_at"), ~Exists(told), owner__is_active=True
    )
    asked: Counter[UUID] = Counter()
    for owner_id, entry_id in list(doubtful.order_by("identified_at").values_list("owner", "pk")):
        if asked[owner_id] < LOOKS:
            social.notify(person_id=owner_id, kind=Kind.SECOND_LOOK, subject=entry_id)
            asked[owner_id] += 1
    return asked.total()
