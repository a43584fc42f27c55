"""Who is connected with whom. Always asked of the database, so that an answer is never stale."""

from django.db.models import QuerySet

from biologidex.accounts.models import User
from biologidex.social.models import Block, Friendship


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
