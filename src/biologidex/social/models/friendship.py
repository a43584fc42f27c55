"""Who is whose friend, and who wants nothing to do with whom."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from biologidex.accounts.models import User


class FriendshipQuerySet(models.QuerySet["Friendship"]):
    """Friendships and requests, as far as a person may see them."""

    def visible_to(self, viewer: User | AnonymousUser) -> "FriendshipQuerySet":
        """What one has asked for, and what one is asked or has accepted.

        Whoever was rejected or is blocked keeps seeing the request they sent, so that nothing tells them.
        """
        if not isinstance(viewer, User):
            return self.none()
        answerable = Q(asked=viewer, status__in=(Friendship.Status.PENDING, Friendship.Status.ACCEPTED))
        return self.filter(answerable | Q(asked_by=viewer) & ~Q(status=Friendship.Status.WITHDRAWN))

    def of(self, person: User) -> "FriendshipQuerySet":
        """Return all that a person has asked for or was asked, also what they turned down."""
        return self.filter(Q(asked_by=person) | Q(asked=person)).exclude(status=Friendship.Status.WITHDRAWN)

    def between(self, one: User, other: User) -> "FriendshipQuerySet":
        """Return the one row of two people, whatever came of it."""
        return self.filter(Q(asked_by=one, asked=other) | Q(asked_by=other, asked=one))

    def accepted(self) -> "FriendshipQuerySet":
        """Those that both sides wanted."""
        return self.filter(status=Friendship.Status.ACCEPTED)


class Friendship(models.Model):
    """A request of one person to another, and what came of it. Two people have one row at most, whoever asked.

    To whoever asked, a request that was rejected looks as if it still waited for an answer. So does one that never
    reached a person who has blocked them: it is kept as rejected from the start. If a rejected request is taken
    back, the row stays as `withdrawn`, seen by nobody: otherwise taking it back would be a way to ask again at once.
    `created_at` is when it was asked, for whoever asked; `asked_at` is when it last reached whoever is asked.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        ACCEPTED = "accepted"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="asked_friends"
    )
    asked = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="asking_friends"
    )
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PENDING)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = FriendshipQuerySet.as_manager()

    class Meta:
        db_table = "friendships"
        constraints = [
            models.UniqueConstraint(
                Least("asked_by", "asked"),
                Greatest("asked_by", "asked"),
                name="two_people_have_one_friendship",
            ),
            models.CheckConstraint(condition=~Q(asked_by=F("asked")), name="nobody_befriends_themselves"),
        ]
        indexes = [models.Index(fields=["asked", "status"], name="friendship_of_asked")]

    @property
    def is_accepted(self) -> bool:
        """Whether the two are friends: all that both of them may know of the status."""
        return self.status == self.Status.ACCEPTED


class Block(models.Model):
    """One person wants nothing to do with another. Only the blocker can see or undo it; it works both ways."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    blocker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocked_by")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "blocks"
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="blocked_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="nobody_blocks_themselves"),
        ]


class Circle(models.Model):
    """Whom a person is connected with, as a whole. Whoever changes that locks both people's rows first.

    So what two people do to each other happens one after the other. `version` is part of every cache's key; it is
    drawn, not counted, because a count would come again after a transaction that was rolled back.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="circle"
    )
    version = models.UUIDField(default=uuid.uuid4)

    class Meta:
        db_table = "circles"


class Standing(models.Model):
    """When two people last became friends or parted. It stays when their friendship is gone.

    Whoever keeps a copy of what a friend shows asks for it: such a change makes the copy another one as a whole. Blocks
    are not noted, because whoever is blocked must not be able to tell. `one` has the lesser id.
    """

    one = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "standings"
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="one_standing_of_two"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="standing_has_an_order"),
        ]
