"""A person's dex: one card for each animal, with every photo of it."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from biologidex.accounts.models import User, UserProfile
from biologidex.animals.models import Animal
from biologidex.media.models import Photo
from biologidex.vision.models import AnalysisJob


class DexEntryQuerySet(models.QuerySet["DexEntry"]):
    """Cards, as far as a person may see them."""

    def visible_to(self, viewer: User | AnonymousUser) -> "DexEntryQuerySet":
        """The one rule of who sees what. Every read for a person starts here.

        There is no friendship yet, so what is meant for friends is seen by its owner alone.
        """
        seen = Q(visibility=DexEntry.Visibility.PUBLIC)
        if isinstance(viewer, User):
            seen |= Q(owner=viewer)
        return self.filter(seen)


class DexEntry(models.Model):
    """The card of one animal in one person's dex.

    `catch_date` is the day of the first find and stays blank when nobody knows it. Coordinates are WGS84 in
    decimal degrees, `accuracy_m` is their uncertainty in metres, `place_source` says who gave them.
    """

    Visibility = UserProfile.Visibility
    PlaceSource = Photo.PlaceSource

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
    notes = models.TextField(max_length=2000, blank=True)
    is_favorite = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

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
        indexes = [models.Index(fields=["owner", "-created_at"], name="dex_entry_of_owner")]


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
