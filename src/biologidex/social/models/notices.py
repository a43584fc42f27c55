"""What people are told while they are away, and which of it they want to hear."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from biologidex.accounts.models import User
from biologidex.social.models.friendship import Block, Friendship


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notifications, as far as a person may still be told."""

    def visible_to(self, viewer: User | AnonymousUser) -> "NotificationQuerySet":
        """One's own, without those of people one is kept apart from, and of requests that are none any more.

        What is about a card or a photo is asked once more by whoever knows of those: see `dex.selectors.notices_for`.
        """
        if not isinstance(viewer, User):
            return self.none()
        apart = Block.objects.filter(
            Q(blocker=viewer, blocked=OuterRef("actor")) | Q(blocked=viewer, blocker=OuterRef("actor"))
        )
        requests = Friendship.objects.visible_to(viewer).filter(pk=OuterRef("subject"))
        own = self.filter(person=viewer).filter(Q(actor=None) | Q(actor__is_active=True) & ~Exists(apart))
        kind = Notification.Kind
        waiting = requests.filter(asked=viewer, status=Friendship.Status.PENDING)
        return own.filter(
            ~Q(kind__in=(kind.FRIEND_REQUEST, kind.FRIEND_ACCEPTED))
            | Q(kind=kind.FRIEND_REQUEST) & Exists(waiting)
            | Q(kind=kind.FRIEND_ACCEPTED) & Exists(requests.accepted())
        )

    def unread(self) -> "NotificationQuerySet":
        """Those that nobody has looked at."""
        return self.filter(read_at=None)


class Notification(models.Model):
    """One thing that a person is told. It holds no words: what it says is asked when it is read.

    `subject` is the id of the friendship, card or identification that it is about, as `kind` says; `detail` names a
    badge. `key` is what makes it the same thing: nobody is told twice.
    """

    class Kind(models.TextChoices):
        FRIEND_REQUEST = "friend_request", _("Somebody asks to be your friend")
        FRIEND_ACCEPTED = "friend_accepted", _("Somebody accepts your request")
        REACTION = "reaction", _("A friend likes a card of yours")
        FIRST_FIND = "first_find", _("You are the first here to find an animal")
        BADGE = "badge", _("You have earned a badge")
        IDENTIFIED = "identified", _("A photo was identified while you were away")
        STAFF_WORD = "staff_word", _("Those who run this server have a word for you")
        SECOND_LOOK = "second_look", _("A card of yours should be looked at again")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(max_length=15, choices=Kind.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    subject = models.UUIDField(null=True)
    detail = models.CharField(max_length=40, blank=True)
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        db_table = "notifications"
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "key"], name="nobody_is_told_twice"),
        ]
        indexes = [
            models.Index(fields=["person", "-created_at"], name="notification_of_person"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["created_at"], name="notification_by_age"),
        ]


class NotificationSettings(models.Model):
    """What a person wants to hear of. Whoever has never said so has no row, and the usual holds.

    `digest` blank is the usual: weekly as soon as the address is confirmed. `digest_period` is the last day or week
    for which one was sent, or was not needed; so there is one at most for each.
    """

    class Digest(models.TextChoices):
        OFF = "off", _("Never")
        WEEKLY = "weekly", _("Once a week")
        DAILY = "daily", _("Once a day")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="notification_settings",
    )
    muted = models.JSONField(default=list, blank=True)
    digest = models.CharField(max_length=6, choices=Digest.choices, blank=True)
    digest_period = models.CharField(max_length=12, blank=True)

    class Meta:
        db_table = "notification_settings"
