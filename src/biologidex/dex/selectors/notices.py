"""What a person is told, as far as it still holds and they may still know of it."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from biologidex.accounts.models import User, UserProfile
from biologidex.dex.models import DexEntry, Reaction
from biologidex.social.models import Notification, NotificationQuerySet
from biologidex.vision.models import AnalysisJob

AWAY = timedelta(minutes=2)  # whoever has not filed a photo so long after its answer was not there to see it
Kind = Notification.Kind
GAME = (Kind.FIRST_FIND, Kind.BADGE)


def notices_for(person: User) -> NotificationQuerySet:
    """Return the notifications of a person that may be shown to them now, the newest first.

    Each is asked anew: of a card that they may not see any more nothing is told, nor of a word that was taken back.
    """
    cards = DexEntry.objects.visible_to(person).filter(pk=OuterRef("subject"))
    heard = Reaction.objects.visible_to(person).filter(entry=OuterRef("subject"), person=OuterRef("actor"))
    plays = UserProfile.objects.filter(user=person, badges_enabled=True)
    told = Notification.objects.visible_to(person).filter(
        ~Q(kind__in=GAME) | Exists(plays),
        Q(kind__in=(Kind.FRIEND_REQUEST, Kind.FRIEND_ACCEPTED, Kind.BADGE, Kind.STAFF_WORD))
        | Q(kind=Kind.REACTION) & Exists(heard)
        | Q(kind__in=(Kind.FIRST_FIND, Kind.SECOND_LOOK)) & Exists(cards.filter(owner=person))
        | Q(kind=Kind.IDENTIFIED) & Exists(waiting_for(person)),
    )
    return told.order_by("-created_at", "-pk")


def waiting_for(person: User) -> QuerySet[AnalysisJob]:
    """Return a person's identifications that ended a while ago and wait to be filed: nobody was there to see it."""
    return AnalysisJob.objects.filter(
        owner=person,
        settled_at=None,
        completed_at__lt=timezone.now() - AWAY,
        status=AnalysisJob.Status.COMPLETED,
    )


def reactions_on(entry_ids: Collection[UUID], *, viewer: User) -> dict[UUID, list[Reaction]]:
    """Return by card the words that friends left on it, as far as the viewer may know, with one query."""
    found: dict[UUID, list[Reaction]] = {}
    heard = Reaction.objects.visible_to(viewer).filter(entry__in=entry_ids).select_related("person")
    for reaction in heard.order_by("created_at", "pk"):
        found.setdefault(reaction.entry_id, []).append(reaction)
    return found
