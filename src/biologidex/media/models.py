"""One row for each photo that a person gave."""

import uuid
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone

from biologidex.accounts.models import User

KEPT_UNUSED = timedelta(days=1)  # how long a photo waits for somebody to do something with it


class PhotoQuerySet(models.QuerySet["Photo"]):
    """Photos, as far as a person may see them."""

    def visible_to(self, viewer: User | AnonymousUser) -> "PhotoQuerySet":
        """Only one's own. Others see pictures made from them, through the cards that show them."""
        return self.filter(owner=viewer) if isinstance(viewer, User) else self.none()

    def unused(self) -> "PhotoQuerySet":
        """Those that no row of any table points at, also of tables that this app knows nothing of."""
        pointing = [relation.field.related_query_name() for relation in Photo._meta.related_objects]
        return self.filter(**{f"{name}__isnull": True for name in pointing})


class Photo(models.Model):
    """A photo as it came, and what it says about its taking. Blank means that it does not say.

    `width` and `height` are those of the upright picture. `taken_local` is ISO 8601 on the camera's clock, a date
    alone where the time of day is unknown; `taken_at` is the instant, known only together with the offset.
    """

    class PlaceSource(models.TextChoices):
        PHOTO = "photo"
        DEVICE = "device"
        PERSON = "person"

    class TimeSource(models.TextChoices):
        PHOTO = "photo"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="photos")
    sha256 = models.CharField(max_length=64)  # of the original
    # A framed photo is a part of another one, or that one turned. It has pictures of its own but no original.
    parent = models.ForeignKey("self", on_delete=models.RESTRICT, null=True, related_name="framed")
    framing = models.CharField(max_length=60, blank=True)  # as media.framing writes it
    original = models.FileField(max_length=100, blank=True)
    format = models.CharField(max_length=4)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    taken_local = models.CharField(max_length=26, blank=True)
    utc_offset_minutes = models.SmallIntegerField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    time_source = models.CharField(max_length=5, choices=TimeSource.choices, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    accuracy_m = models.FloatField(null=True, blank=True)
    place_source = models.CharField(max_length=6, choices=PlaceSource.choices, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    came_at = models.DateTimeField(default=timezone.now)  # the last time that somebody gave it

    objects = PhotoQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "sha256", "framing"], name="photo_once_per_owner"),
            models.CheckConstraint(
                condition=models.Q(parent=None, framing="") & ~models.Q(original="")
                | models.Q(parent__isnull=False, original="") & ~models.Q(framing=""),
                name="photo_is_an_original_or_framed",
            ),
            models.CheckConstraint(
                condition=models.Q(latitude=None, longitude=None, place_source="")
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180))
                & ~models.Q(place_source=""),
                name="photo_place_on_earth_and_from_somewhere",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_at=None, utc_offset_minutes=None)
                | models.Q(taken_at__isnull=False, utc_offset_minutes__isnull=False),
                name="photo_instant_needs_its_offset",
            ),
        ]
        indexes = [models.Index(fields=["came_at"], name="photo_came_at")]

    @property
    def expires_at(self) -> datetime:
        """When it goes, unless something shows it by then."""
        return self.came_at + KEPT_UNUSED

    @property
    def taken_on(self) -> date | None:
        """The day on which it was taken, where it was taken."""
        return date.fromisoformat(self.taken_local[:10]) if self.taken_local else None

    @property
    def taken_at_local(self) -> datetime | None:
        """The camera's clock, without a zone; None if the photo tells no time of day."""
        return datetime.fromisoformat(self.taken_local) if "T" in self.taken_local else None
