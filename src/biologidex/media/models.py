"""One row for each photo that a person gave, and for each that is on its way."""

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
    size = models.PositiveIntegerField()  # of the original
    look = models.CharField(
        max_length=64, blank=True, default="", db_default=""
    )  # of the picture as it came, as media.looks tells it
    pictures_size = models.PositiveIntegerField(default=0)  # of all that is made from it, the PNG once it is
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


class UploadSessionQuerySet(models.QuerySet["UploadSession"]):
    """Uploads, as far as a person may see them."""

    def visible_to(self, viewer: User | AnonymousUser) -> "UploadSessionQuerySet":
        """Only one's own, until they expire."""
        own = self.filter(owner=viewer) if isinstance(viewer, User) else self.none()
        return own.filter(expires_at__gt=timezone.now())

    def expired(self) -> "UploadSessionQuerySet":
        """Those whose time is over."""
        return self.filter(expires_at__lte=timezone.now())

    def unfinished(self) -> "UploadSessionQuerySet":
        """Those that have not become a photo and still may."""
        return self.filter(photo=None, expires_at__gt=timezone.now())


class UploadSession(models.Model):
    """A photo on its way: in pieces through this server, or straight into the storage.

    `size` and `sha256` are what was announced, `offset` is how much of it has come in pieces. With `photo` it is
    finished.
    """

    class Way(models.TextChoices):
        PIECES = "pieces"
        DIRECT = "direct"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    way = models.CharField(max_length=6, choices=Way.choices, default=Way.PIECES)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    offset = models.PositiveIntegerField(default=0)
    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, null=True, related_name="uploads")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    objects = UploadSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="upload_within_its_size", condition=models.Q(offset__lte=models.F("size"))
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="upload_expires_at")]


class UploadPiece(models.Model):
    """A part of an upload that has arrived, and the file in which it waits. No part comes twice."""

    session = models.ForeignKey(UploadSession, on_delete=models.CASCADE, related_name="pieces")
    offset = models.PositiveIntegerField()
    name = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "offset"], name="upload_piece_once")]
