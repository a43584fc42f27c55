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
        """One's own: as the person who asked, or who was asked and has not blocked whoever asked.

        Whoever is blocked keeps seeing the request they sent, so that nothing tells them.
        """
        if not isinstance(viewer, User):
            return self.none()
        blocked = Block.objects.filter(blocker=viewer).values("blocked")
        return self.filter(Q(asked_by=viewer) | Q(asked=viewer)).exclude(asked_by__in=blocked)

    def accepted(self) -> "FriendshipQuerySet":
        """Those that both sides wanted."""
        return self.filter(status=Friendship.Status.ACCEPTED)


class Friendship(models.Model):
    """A request of one person to another, and what came of it. Two people have one row at most, whoever asked."""

    class Status(models.TextChoices):
        PENDING = "pending"
        ACCEPTED = "accepted"
        REJECTED = "rejected"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="asked_friends"
    )
    asked = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="asking_friends"
    )
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
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
