"""A person's dex: one card for each animal, with every photo of it."""

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from biologidex.accounts.models import User, UserProfile
from biologidex.animals.models import Animal
from biologidex.dex.exchange.models import (
    ImportRow,
    ImportRun,
)  # Django looks for an app's tables in this file
from biologidex.media.models import Photo
from biologidex.social.selectors import friend_ids, kept_apart_ids
from biologidex.vision.models import AnalysisJob

__all__ = [
    "DexEntry",
    "DexEntryQuerySet",
    "DexState",
    "DexTombstone",
    "EntryChange",
    "EntryPhoto",
    "ImportRow",
    "ImportRun",
    "Reaction",
    "ReactionQuerySet",
    "ShareLink",
]


class DexEntryQuerySet(models.QuerySet["DexEntry"]):
    """Cards, as far as a person may see them."""

    def visible_to(self, viewer: User | AnonymousUser) -> "DexEntryQuerySet":
        """The one rule of who sees what. Every read for a person starts here.

        One's own; what is public; what friends show to friends. Nothing between two people of whom one has blocked
        the other, nothing of an account that was closed, and nothing that staff have hidden. Staff see no more than
        anybody else.
        """
        seen = Q(visibility=DexEntry.Visibility.PUBLIC)
        if not isinstance(viewer, User):
            return self.filter(seen, owner__is_active=True, hidden_at=None)
        seen |= Q(visibility=DexEntry.Visibility.FRIENDS, owner__in=friend_ids(viewer))
        seen &= Q(owner__is_active=True, hidden_at=None) & ~Q(owner__in=kept_apart_ids(viewer))
        return self.filter(Q(owner=viewer) | seen)


class DexState(models.Model):
    """A person's dex as a whole. Whoever changes anything in it locks this row first and leaves a new version.

    So the changes of one dex happen one after the other: `version` is part of every cache's key, and no change gets
    an earlier `changed_at` than one that could be seen before it.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="dex_state"
    )
    version = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "dex_states"


class DexEntry(models.Model):
    """The card of one animal in one person's dex.

    `catch_date` is the day of the first find and stays blank when nobody knows it. Coordinates are WGS84 in
    decimal degrees, `accuracy_m` is their uncertainty in metres, `place_source` says who gave them; `geoprivacy` is
    how exactly others may know. `verbatim_identification` is the scientific name as it was when the owner last said
    what it is, `identified_at` when that was. `created_at` may be from a file that was taken in; `filed_at` is when it
    became a card of this animal on this server, by the one clock, and decides who found it first here.
    """

    Visibility = UserProfile.Visibility
    Geoprivacy = UserProfile.Geoprivacy
    License = UserProfile.License
    PlaceSource = Photo.PlaceSource

    class Establishment(models.TextChoices):
        """Whether it lived there by itself. Blank: nobody said."""

        WILD = "wild"
        CAPTIVE = "captive"

    class Style(models.TextChoices):
        """How its owner wants the card to look. Blank: as an engraved plate."""

        NOTEBOOK = "notebook", _("Field notebook")
        POSTCARD = "postcard", _("Postcard")
        LANTERN = "lantern", _("Lantern slide")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="dex_entries")
    animal = models.ForeignKey(Animal, on_delete=models.PROTECT, related_name="dex_entries")
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.FRIENDS)
    catch_date = models.DateField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    accuracy_m = models.FloatField(null=True, blank=True)
    place_source = models.CharField(max_length=6, choices=PlaceSource.choices, blank=True)
    place_name = models.CharField(max_length=200, blank=True)
    geoprivacy = models.CharField(max_length=8, choices=Geoprivacy.choices, default=Geoprivacy.OBSCURED)
    establishment = models.CharField(max_length=7, choices=Establishment.choices, blank=True)
    license = models.CharField(max_length=20, choices=License.choices, blank=True)
    notes = models.TextField(max_length=2000, blank=True)
    is_favorite = models.BooleanField(default=False)
    style = models.CharField(max_length=8, choices=Style.choices, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    filed_at = models.DateTimeField(default=timezone.now, editable=False)
    # Both are set by dex.services, never by saving: when something changed that others are told, when anything did.
    updated_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)
    verbatim_identification = models.CharField(max_length=200, blank=True)
    identified_at = models.DateTimeField(default=timezone.now)
    hidden_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # by staff: its owner alone sees it

    objects = DexEntryQuerySet.as_manager()

    class Meta:
        db_table = "dex_entries"
        constraints = [
            models.UniqueConstraint(fields=["owner", "animal"], name="one_card_for_each_animal"),
            models.CheckConstraint(
                name="dex_entry_place_is_whole",
                condition=Q(latitude__isnull=True, longitude__isnull=True, accuracy_m__isnull=True)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="dex_entry_of_owner"),
            models.Index(fields=["owner", "updated_at"], name="dex_entry_changed"),
            models.Index(fields=["owner", "touched_at"], name="dex_entry_touched"),
            models.Index(fields=["-created_at"], name="dex_entry_newest"),
        ]

    @property
    def is_sensitive(self) -> bool:
        """Whether the animal is. It should be loaded."""
        return self.animal.is_sensitive


class DexTombstone(models.Model):
    """A card that some people can no longer see: it was deleted, joined to another, or its audience narrowed.

    `audience` is who could see it until then, so that nobody is told about a card they never saw.
    """

    entry_id = models.UUIDField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="dex_tombstones"
    )
    creation_index = models.PositiveIntegerField()
    audience = models.CharField(max_length=7, choices=UserProfile.Visibility.choices)
    is_deleted = models.BooleanField()  # for its owner too
    gone_at = models.DateTimeField()

    class Meta:
        db_table = "dex_tombstones"
        indexes = [models.Index(fields=["owner", "gone_at"], name="dex_tombstone_of_owner")]


class EntryPhoto(models.Model):
    """A photo on a card: one find of the animal. A photo that a card shows cannot be deleted by itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(DexEntry, on_delete=models.CASCADE, related_name="photos")
    photo = models.ForeignKey(Photo, on_delete=models.RESTRICT, related_name="shown_on")
    job = models.ForeignKey(AnalysisJob, on_delete=models.SET_NULL, null=True, related_name="filed_as")
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "dex_entry_photos"
        constraints = [models.UniqueConstraint(fields=["entry", "photo"], name="a_photo_once_on_a_card")]
        ordering = ["added_at", "pk"]


class ReactionQuerySet(models.QuerySet["Reaction"]):
    """What people think of cards, as far as somebody may know."""

    def visible_to(self, viewer: User | AnonymousUser) -> "ReactionQuerySet":
        """Those on cards that one sees, if they are one's own or a friend's; none of people one is kept apart from."""
        if not isinstance(viewer, User):
            return self.none()
        near = Q(owner=viewer) | Q(owner__in=friend_ids(viewer))
        cards = DexEntry.objects.visible_to(viewer).filter(near)
        heard = self.filter(entry__in=cards, person__is_active=True)
        return heard.exclude(person__in=kept_apart_ids(viewer))


class Reaction(models.Model):
    """A word that a friend leaves on a card: one of three, and one from each friend."""

    class Kind(models.TextChoices):
        WOW = "wow", _("Wow")
        LOVELY = "lovely", _("Lovely")
        SPOTTED = "spotted", _("Well spotted")

    entry = models.ForeignKey(DexEntry, on_delete=models.CASCADE, related_name="reactions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reactions")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ReactionQuerySet.as_manager()

    class Meta:
        db_table = "dex_reactions"
        constraints = [models.UniqueConstraint(fields=["entry", "person"], name="one_reaction_of_a_friend")]


class ShareLink(models.Model):
    """A way to one card for whoever has the link, without an account, until it expires or its owner ends it.

    Only a digest of its token is kept: whoever reads this table can open nothing with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(DexEntry, on_delete=models.CASCADE, related_name="share_links")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    tells_place = models.BooleanField(default=False)  # the cell, never more
    tells_notes = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "dex_share_links"
        indexes = [models.Index(fields=["expires_at"], name="share_link_expires")]

    @property
    def ended_at(self) -> datetime:
        """When it leads or led nowhere any more."""
        return min(self.expires_at, self.revoked_at or self.expires_at)

    @property
    def is_open(self) -> bool:
        """Whether it leads to the card now."""
        return self.ended_at > timezone.now()


class EntryChange(models.Model):
    """What was done to a card, for its owner alone: others are told what it says, not what it said.

    `before` and `after` are names of animals, `fields` the details that changed, as `Details` calls them.
    """

    class Kind(models.TextChoices):
        FILED = "filed"
        IDENTIFIED = "identified"
        JOINED = "joined"
        EDITED = "edited"
        PHOTO_ADDED = "photo_added"
        PHOTO_REMOVED = "photo_removed"

    entry = models.ForeignKey(DexEntry, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=13, choices=Kind.choices)
    at = models.DateTimeField()
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)
    fields = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "dex_entry_changes"
        indexes = [models.Index(fields=["entry", "at"], name="entry_change_of_card")]
