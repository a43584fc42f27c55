"""Take photos in, hand pictures out, remove both."""

import atexit
import functools
import hashlib
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import IO, Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from biologidex.accounts.models import User
from biologidex.core.errors import Forbidden
from biologidex.media import storage, tokens
from biologidex.media.darkroom import Darkroom
from biologidex.media.developed import VARIANTS, Picture
from biologidex.media.errors import PhotoEmpty, PhotoTooLarge
from biologidex.media.formats import FORMATS
from biologidex.media.limits import most_bytes
from biologidex.media.models import Photo
from biologidex.media.places import Place

log = logging.getLogger(__name__)
WAITING = 10  # photos in line for them: each holds a thread of the server, which has others to answer too
HELPERS = 2  # as many cores as the smallest server has; the second starts when the first is busy
GRACE = timedelta(hours=1)  # files younger than this may belong to a photo that is just being stored


@functools.cache
def darkroom() -> Darkroom:
    """Return the darkroom of this process. Its helpers start with the first photo."""
    room = Darkroom(
        helpers=HELPERS, waiting=WAITING, seconds=settings.PHOTO_SECONDS, max_pixels=settings.MAX_PIXELS
    )
    atexit.register(room.close)
    return room


def store_photo(*, by: User, upload: "UploadedFile[bytes]", place: Place | None = None) -> Photo:
    """Keep a photo and make its pictures. The same bytes from the same person are the same photo.

    `place` counts where the photo says none itself, and always when the person set it. Call it outside a
    transaction: it takes a while, and files do not roll back.
    """
    if place:
        place.check()
    with _received(upload) as (content, sha256, size):
        known = Photo.objects.filter(owner=by, sha256=sha256).first()
        if known:
            return _with_place(known, place)
        content.seek(0)
        picture = darkroom().develop(content)
        photo_id = uuid4()
        original = storage.keep(photo_id, FORMATS[picture.format], content, picture.variants)
    photo = Photo(
        id=photo_id, owner=by, sha256=sha256, size=size, original=original, **_columns(picture, place)
    )
    return _saved(photo, place)


@contextmanager
def _received(upload: "UploadedFile[bytes]") -> Iterator[tuple[IO[bytes], str, int]]:
    """Copy the upload into a file without a name, so that nothing is left of it whatever happens."""
    digest, size, most = hashlib.sha256(), 0, most_bytes()
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as content:
        for chunk in upload.chunks():
            size += len(chunk)
            if size > most:
                break
            digest.update(chunk)
            content.write(chunk)
        if size > most or (upload.size or 0) > most:
            raise PhotoTooLarge(
                f"This file is larger than {settings.MAX_UPLOAD_MB} MB. Please send a smaller one."
            )
        if not size:
            raise PhotoEmpty
        yield content, digest.hexdigest(), size


def _saved(photo: Photo, place: Place | None) -> Photo:
    """Insert the row. If the same photo came at the same moment, that one counts, and these files go."""
    try:
        with transaction.atomic():
            photo.save(force_insert=True)
    except IntegrityError:
        storage.remove(photo.pk)
        twin = Photo.objects.filter(owner_id=photo.owner_id, sha256=photo.sha256).first()
        if twin is None:
            raise
        return _with_place(twin, place)
    except BaseException:
        storage.remove(photo.pk)
        raise
    return photo


def _columns(picture: Picture, place: Place | None) -> dict[str, Any]:
    capture = asdict(picture.capture)
    if place and _counts(place, capture["place_source"]):
        capture |= place.columns()
    return {"format": picture.format, "width": picture.width, "height": picture.height, **capture}


def _with_place(photo: Photo, place: Place | None) -> Photo:
    """Give a photo that was here before the place that came with it this time."""
    if place and _counts(place, photo.place_source):
        columns = place.columns()
        Photo.objects.filter(pk=photo.pk).update(**columns)
        for name, value in columns.items():
            setattr(photo, name, value)
    return photo


def _counts(place: Place, known_source: str) -> bool:
    return not known_source or place.source == Photo.PlaceSource.PERSON


def address(photo: Photo, variant: str, *, viewer: User | AnonymousUser) -> str:
    """Return the path of a picture made from the photo, for some days, as long as the viewer may see it."""
    return reverse("picture", args=[tokens.token_for(photo.pk, variant, viewer_id=viewer.pk)])


def open_variant(photo: Photo, variant: str) -> IO[bytes]:
    """Open a picture made from the photo."""
    return storage.open_file(storage.variant_name(photo.pk, variant))


def open_original(photo: Photo) -> IO[bytes]:
    """Open the photo as it came, with all that it tells about its owner."""
    return storage.open_file(str(photo.original.name))


def delete_photo(*, by: User, photo: Photo) -> None:
    """Remove a photo with its pictures. Its addresses open nothing from then on."""
    if photo.owner_id != by.pk:
        raise Forbidden("Only the person who gave a photo can delete it.")
    photo_id = photo.pk
    with transaction.atomic():
        photo.delete()
        transaction.on_commit(lambda: storage.remove(photo_id))


@dataclass(frozen=True)
class Sweep:
    """What `sweep_orphans` found: files that nobody misses are gone, rows without files need a person."""

    removed: tuple[UUID, ...]
    incomplete: tuple[UUID, ...]


def sweep_orphans() -> Sweep:
    """Remove files that belong to no row: of deleted people, and of uploads that a crash interrupted."""
    removed = []
    for photo_id in storage.photo_ids():
        is_old = storage.newest_change(photo_id) < timezone.now() - GRACE
        if is_old and not Photo.objects.filter(pk=photo_id).exists():
            storage.remove(photo_id)
            removed.append(photo_id)
    incomplete = []
    for photo in Photo.objects.only("original").iterator():
        wanted = {f"{variant}.jpg" for variant in VARIANTS} | {str(photo.original.name).rpartition("/")[2]}
        if not wanted <= set(storage.files_of(photo.pk)):
            log.error("photo %s lacks files", photo.pk)
            incomplete.append(photo.pk)
    return Sweep(tuple(removed), tuple(incomplete))
