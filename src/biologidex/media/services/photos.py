"""A photo: taken in, shown, deleted."""

import atexit
import functools
import hashlib
import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import IO, Any, Protocol
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import Error, IntegrityError, transaction
from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from biologidex.accounts import services as accounts
from biologidex.accounts.models import User
from biologidex.core.errors import Forbidden
from biologidex.media import storage, tokens
from biologidex.media.darkroom import Darkroom
from biologidex.media.developed import DEX, RECIPE, Picture, extension_of
from biologidex.media.errors import NoSuchPicture, PhotoAltered, PhotoEmpty, PhotoTooLarge, QuotaExceeded
from biologidex.media.formats import FORMATS
from biologidex.media.framing import Framing
from biologidex.media.limits import MEGABYTE, most_bytes
from biologidex.media.models import Photo
from biologidex.media.places import Place

WAITING = 10  # photos in line for them: each holds a thread of the server, which has others to answer too
HELPERS = 2  # as many cores as the smallest server has; the second starts when the first is busy


class Upload(Protocol):
    """A file on its way in: one that came with a form, or one that came in pieces."""

    @property
    def size(self) -> int | None: ...
    def chunks(self) -> Iterator[bytes]: ...


@functools.cache
def darkroom() -> Darkroom:
    """Return the darkroom of this process. Its helpers start with the first photo."""
    room = Darkroom(
        helpers=HELPERS, waiting=WAITING, seconds=settings.PHOTO_SECONDS, max_pixels=settings.MAX_PIXELS
    )
    atexit.register(room.close)
    return room


def store_photo(
    *,
    by: User,
    upload: Upload,
    place: Place | None = None,
    most: int | None = None,
    expected: str = "",
    pictures_later: bool = False,
) -> Photo:
    """Keep a photo and make its pictures. The same bytes from the same person are the same photo.

    `place` counts where the photo says none itself, and always when the person set it. At `most` so many bytes are
    taken, unless told as many as one request may bring. `expected` is the SHA-256 that was announced, if one was.
    With `pictures_later` the photo is only looked at, and whoever first opens one of its pictures has them made.
    Call it outside a transaction: it takes a while, and files do not roll back.
    """
    if place:
        place.check()
    with _received(upload, most or most_bytes()) as (content, sha256, size):
        if expected and sha256 != expected:
            raise PhotoAltered
        known = Photo.objects.filter(owner=by, sha256=sha256, parent=None).first()
        if known and came_again(known, place):
            return known
        check_room(stored_bytes(by) + size, field="image")
        content.seek(0)
        picture = darkroom().inspect(content) if pictures_later else darkroom().develop(content)
        photo_id = uuid4()
        original = storage.keep(photo_id, FORMATS[picture.format], content, picture.variants)
    photo = Photo(
        id=photo_id, owner=by, sha256=sha256, size=size, original=original, **_columns(picture, place)
    )
    return saved(photo, place)


@contextmanager
def _received(upload: Upload, most: int) -> Iterator[tuple[IO[bytes], str, int]]:
    """Copy the upload into a file without a name, so that nothing is left of it whatever happens."""
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as content:
        for chunk in upload.chunks():
            size += len(chunk)
            if size > most:
                break
            digest.update(chunk)
            content.write(chunk)
        if size > most or (upload.size or 0) > most:
            raise PhotoTooLarge(
                _("This file is larger than %d MB. Please send a smaller one.") % (most // MEGABYTE)
            )
        if not size:
            raise PhotoEmpty
        yield content, digest.hexdigest(), size


def stored_bytes(person: User) -> int:
    """Return how much room a person's photos take: the originals, and all pictures made from them."""
    taken = Photo.objects.filter(owner=person).aggregate(
        originals=Sum("size", filter=Q(parent=None)), pictures=Sum("pictures_size")
    )
    return (taken["originals"] or 0) + (taken["pictures"] or 0)


def has_room(wanted: int) -> bool:
    """Whether one person's photos may take so many bytes together."""
    return not settings.QUOTA_MB or wanted <= settings.QUOTA_MB * MEGABYTE


def check_room(wanted: int, *, field: str) -> None:
    """Raise QuotaExceeded if one person's photos may not take so many bytes together."""
    if not has_room(wanted):
        raise QuotaExceeded(
            _(
                "Your photos would take more than the %d MB that this server gives to one person. "
                "Please delete some first."
            )
            % settings.QUOTA_MB,
            field=field,
        )


def saved(photo: Photo, place: Place | None = None) -> Photo:
    """Insert the row. If the same photo came at the same moment, that one counts, and these files go.

    Photos of one person are let in one after the other, so that together they stay within their room. Nobody who
    has left gets one more: whoever erases them finds every row, and by the rows every file.
    """
    try:
        with transaction.atomic():
            owner = accounts.hold(photo.owner_id)
            photo.save(force_insert=True)
            check_room(stored_bytes(owner), field="image")
    except IntegrityError as error:
        storage.remove(photo.pk)
        same = {"owner_id": photo.owner_id, "sha256": photo.sha256, "framing": photo.framing}
        twin = Photo.objects.filter(**same).first()
        if twin and came_again(twin, place):
            return twin
        raise NoSuchPicture from error  # what it is a part of, or whose it is, went at this moment
    except BaseException:
        if surely_none(Photo.objects.filter(pk=photo.pk)):
            storage.remove(photo.pk)
        raise
    return photo


def surely_none(rows: QuerySet[Any]) -> bool:
    """Whether these rows were certainly not saved, so that their files can go.

    A connection that broke while it said COMMIT leaves it open, and cannot be asked. The sweep looks again later.
    """
    try:
        return not rows.exists()
    except Error:
        return False


def _columns(picture: Picture, place: Place | None) -> dict[str, Any]:
    capture = asdict(picture.capture)
    if place and _counts(place, capture["place_source"]):
        capture |= place.columns()
    shape = {"format": picture.format, "width": picture.width, "height": picture.height, "look": picture.look}
    return {**shape, "pictures_size": picture.size, **capture}


def came_again(photo: Photo, place: Place | None = None) -> bool:
    """Keep a photo for another day, with the place that came along. False if it has just been removed."""
    columns: dict[str, Any] = {"came_at": timezone.now()}
    if place and _counts(place, photo.place_source):
        columns |= place.columns()
    for name, value in columns.items():
        setattr(photo, name, value)
    return bool(Photo.objects.filter(pk=photo.pk).update(**columns))


def locate(*, by: User, photo: Photo, place: Place) -> None:
    """Note where a photo was taken that arrived without a form. The rule is that of `store_photo`."""
    if photo.owner_id != by.pk:
        raise Forbidden(_("Only the person who gave a photo can say where it was taken."))
    place.check()
    came_again(photo, place)


def _counts(place: Place, known_source: str) -> bool:
    return not known_source or place.source == Photo.PlaceSource.PERSON


def address(photo: Photo, variant: str, *, viewer: User | AnonymousUser) -> str:
    """Return the path of a picture made from the photo, for some days, as long as the viewer may see it."""
    return addresses(photo.pk, [variant], viewer=viewer)[variant]


def addresses(photo_id: UUID, variants: Sequence[str], *, viewer: User | AnonymousUser) -> dict[str, str]:
    """Return the paths of several pictures made from a photo, by variant."""
    made = tokens.tokens_for(photo_id, variants, viewer_id=viewer.pk)
    return {
        variant: _pattern(extension_of(variant)).replace("TOKEN", token) for variant, token in made.items()
    }


@functools.cache
def _pattern(extension: str) -> str:
    """A list holds thousands of addresses, and looking the same pattern up for each took most of its time."""
    return reverse("picture", args=["TOKEN", extension])


def picture_checksum(photo_id: UUID) -> str:
    """Return a text that changes exactly when the photo's PNG would.

    It tells nothing else: made from the original, it would tell whoever has the same file that this one is it.
    """
    return hashlib.sha256(f"{photo_id} {RECIPE}".encode()).hexdigest()


def open_variant(photo: Photo, variant: str) -> IO[bytes]:
    """Open a picture made from the photo."""
    return open_picture(photo.pk, variant)


def open_picture(photo_id: UUID, variant: str) -> IO[bytes]:
    """Open a picture made from a photo. What has not been made yet is made now, as the PNG always is."""
    kept = storage.open_whole(photo_id, variant)
    if kept:
        return kept
    if variant != DEX:
        return _developed(photo_id, variant)
    with open_picture(photo_id, "full") as full:
        content = darkroom().png(full)
    photo = Photo.objects.select_related("owner").filter(pk=photo_id).first()
    # Where its owner has no room for it, it is made each time.
    if photo is not None and has_room(stored_bytes(photo.owner) + len(content)):
        _keep_late(photo_id, {DEX: content})
    return io.BytesIO(content)


def _developed(photo_id: UUID, variant: str) -> IO[bytes]:
    photo = Photo.objects.select_related("parent").filter(pk=photo_id).first()
    if photo is None:
        raise NoSuchPicture
    with open_original(photo) as original:
        picture = darkroom().develop(original, framing=Framing.read(photo.framing))
    _keep_late(photo_id, picture.variants, look="" if photo.parent else picture.look)
    return io.BytesIO(picture.variants[variant])


def _keep_late(photo_id: UUID, pictures: dict[str, bytes], **seen: str) -> None:
    storage.keep_late(photo_id, pictures)
    still_here = Photo.objects.filter(pk=photo_id, owner__is_active=True)
    if not still_here.update(pictures_size=storage.size_of_pictures(photo_id), **seen):
        storage.remove(photo_id)  # it went, or its owner did, while this was written


def open_original(photo: Photo) -> IO[bytes]:
    """Open the photo as it came, with all that it tells about its owner. A framed one came as the whole."""
    return storage.open_file(str((photo.parent or photo).original.name))


def delete_photo(*, by: User, photo: Photo) -> None:
    """Remove a photo with its pictures. Its addresses open nothing from then on."""
    if photo.owner_id != by.pk:
        raise Forbidden(_("Only the person who gave a photo can delete it."))
    photo_id = photo.pk
    with transaction.atomic():
        photo.delete()
        transaction.on_commit(lambda: storage.remove(photo_id))
