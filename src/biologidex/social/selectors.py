"""Who is connected with whom. Who may see what is always asked of the database, so that it is never stale."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value

from biologidex.accounts.models import User
from biologidex.core import caching
from biologidex.core.prepared import HOLE, Prepared
from biologidex.social.models import (
    Block,
    Circle,
    Friendship,
    FriendshipQuerySet,
    Notification,
    NotificationSettings,
    Report,
    Standing,
)

LIST_SECONDS = 3600  # the key contains the version of the circle: this only bounds the memory it takes


def friend_ids(person: User) -> QuerySet[User]:
    """Return the ids of a person's friends, as a query to be part of a larger one."""
    accepted = Friendship.objects.accepted()
    asked = accepted.filter(asked_by=person).values_list("asked", flat=True)
    asking = accepted.filter(asked=person).values_list("asked_by", flat=True)
    return asked.union(asking)  # type: ignore[return-value]


def kept_apart_ids(person: User) -> QuerySet[User]:
    """Return the ids of those whom a person has blocked and of those who have blocked that person."""
    blocked = Block.objects.filter(blocker=person).values_list("blocked", flat=True)
    blocking = Block.objects.filter(blocked=person).values_list("blocker", flat=True)
    return blocked.union(blocking)  # type: ignore[return-value]


def friends_of(person: User) -> QuerySet[User]:
    """Return a person's friends by name."""
    return User.objects.filter(pk__in=friend_ids(person), is_active=True).order_by("username")


def friends_named(person: User) -> tuple[tuple[UUID, str], ...]:
    """Return the ids and names of a person's friends by name."""
    return _NAMED.all(person.pk)


_NAMED = Prepared(lambda: friends_of(User(pk=HOLE)).values_list("pk", "username"))


def circle_version(person: User) -> str:
    """Return what changes with every friend or block won or lost: a part of keys under which reads are kept.

    It counts the friends as well, because whoever deletes their account leaves without a word.
    """
    accepted = Friendship.objects.accepted().filter(Q(asked_by=OuterRef("pk")) | Q(asked=OuterRef("pk")))
    counted = accepted.order_by().values(one=Value(1)).annotate(friends=Count("pk")).values("friends")
    told = User.objects.filter(pk=person.pk).annotate(friends=Subquery(counted))
    return ":".join(str(part) for part in told.values_list("circle__version", "friends").get())


def friend_list(person: User) -> list[UUID]:
    """Return the ids of a person's friends, kept as long as they stay the same. Never stale: see `Circle`.

    For Python that wants the ids themselves; a query should contain `friend_ids`.
    """
    version = circle_version(person)
    ids: list[UUID] = caching.remember(
        f"friends:{person.pk}",
        lambda: list(friend_ids(person)),  # type: ignore[arg-type]
        seconds=LIST_SECONDS,
        version=version,
    )
    return ids


def standing_with(person: User) -> QuerySet[Standing]:
    """Return since when a person is a friend, or no longer, of the one whom an outer query names as `owner`."""
    return Standing.objects.filter(
        Q(one=person, other=OuterRef("owner")) | Q(other=person, one=OuterRef("owner"))
    )


def standing_since(person: User, others: Collection[UUID]) -> dict[UUID, datetime]:
    """Return by whom since when they have been a person's friends, or not any more, if that ever changed.

    Call it in a transaction: until its end nobody becomes the person's friend or parts from them.
    """
    list(Circle.objects.select_for_update().filter(person=person))
    moments = Standing.objects.filter(Q(one=person, other__in=others) | Q(other=person, one__in=others))
    return {
        other if one == person.pk else one: at
        for one, other, at in moments.values_list("one", "other", "changed_at")
    }


def requests_to(person: User) -> FriendshipQuerySet:
    """Return the requests that wait for a person's answer, the newest first."""
    waiting = Friendship.objects.visible_to(person).filter(asked=person, status=Friendship.Status.PENDING)
    return with_people(waiting).order_by("-asked_at", "pk")


def requests_by(person: User) -> FriendshipQuerySet:
    """Return the requests of a person that were not accepted, as far as they know, the newest first."""
    sent = Friendship.objects.visible_to(person).filter(asked_by=person)
    return with_people(sent.exclude(status=Friendship.Status.ACCEPTED)).order_by("-created_at", "pk")


def with_people(friendships: FriendshipQuerySet) -> FriendshipQuerySet:
    """Load both people as well."""
    return friendships.select_related("asked_by", "asked")


def blocks_of(person: User) -> QuerySet[Block]:
    """Return whom a person has blocked. Nobody ever sees by whom they are blocked."""
    return Block.objects.filter(blocker=person).select_related("blocked")


def settings_of(person: User) -> NotificationSettings:
    """Return what a person wants to hear of; the usual, if they never said."""
    found = NotificationSettings.objects.filter(person=person).first()
    return found or NotificationSettings(person=person)


def digest_of(person: User, chosen: NotificationSettings) -> str:
    """Return how often a person gets a digest. The usual is once a week; an unconfirmed address gets none, ever."""
    if not person.email_confirmed:
        return NotificationSettings.Digest.OFF
    return chosen.digest or NotificationSettings.Digest.WEEKLY


def export_for(person: User) -> dict[str, Any]:
    """Return a person's friendships, requests and blocks, as far as they may know of them."""
    known = with_people(Friendship.objects.visible_to(person)).order_by("created_at", "pk")
    blocked = blocks_of(person).order_by("created_at", "pk")
    changes = Standing.objects.filter(Q(one=person) | Q(other=person)).select_related("one", "other")
    return {
        "friendships": [_exported(friendship, person) for friendship in known],
        "blocks": [{"username": one.blocked.username, "since": one.created_at} for one in blocked],
        "last_befriended_or_parted": [
            {
                "username": (each.other if each.one_id == person.pk else each.one).username,
                "at": each.changed_at,
            }
            for each in changes.order_by("changed_at", "pk")
        ],
        "notifications": list(
            Notification.objects.visible_to(person)
            .order_by("created_at", "pk")
            .values("kind", "subject", "detail", "created_at", "read_at", by=F("actor__username"))
        ),
        "notification_settings": NotificationSettings.objects.filter(person=person)
        .values("muted", "digest")
        .first(),
        "reports": list(
            Report.objects.filter(reporter=person)
            .order_by("created_at", "pk")
            .values("reason", "words", "created_at", "entry_id", about=F("person__username"))
        ),
    }


def _exported(friendship: Friendship, person: User) -> dict[str, Any]:
    is_sent = friendship.asked_by_id == person.pk
    other = friendship.asked if is_sent else friendship.asked_by
    return {
        "username": other.username,
        "asked_by_me": is_sent,
        "asked_at": friendship.created_at if is_sent else friendship.asked_at,
        "friends": friendship.is_accepted,
        "friends_since": friendship.answered_at if friendship.is_accepted else None,
    }
