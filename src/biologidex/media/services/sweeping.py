"""What goes by itself: files without a row, and photos that nobody put to use."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from biologidex.media import storage
from biologidex.media.developed import VARIANTS, extension_of
from biologidex.media.models import KEPT_UNUSED, Photo, UploadSession

log = logging.getLogger(__name__)
GRACE = timedelta(hours=1)  # files younger than this may belong to a photo that is just being stored


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
    for photo in Photo.objects.only("original", "pictures_size").iterator():
        if not _wanted(photo) <= set(storage.files_of(photo.pk)):
            log.error("photo %s lacks files", photo.pk)
            incomplete.append(photo.pk)
    return Sweep(tuple(removed), tuple(incomplete))


def _wanted(photo: Photo) -> set[str]:
    """Return the files a photo cannot do without: its pictures once made, and the original unless it is framed."""
    made = VARIANTS if photo.pictures_size else {}
    pictures = {f"{variant}.{extension_of(variant)}" for variant in made}
    return pictures | ({str(photo.original.name).rpartition("/")[2]} if photo.original else set())


def sweep_unused() -> tuple[UUID, ...]:
    """Remove photos that nothing has shown for a day: no card, no identification, no framed photo.

    Framed ones go first, because one keeps the photo that it is a part of.
    """
    before = timezone.now() - KEPT_UNUSED
    removed = []
    for are_roots in (False, True):
        unused = Photo.objects.unused().filter(came_at__lt=before, parent__isnull=are_roots)
        removed += [pk for pk in list(unused.values_list("pk", flat=True)) if _removed(pk, before)]
    return tuple(removed)


@transaction.atomic
def _removed(photo_id: UUID, before: datetime) -> bool:
    """Remove one photo unless somebody has put it to use meanwhile.

    The lock comes first: with it nobody can point at the photo any more, and only then the look counts.
    """
    photo = Photo.objects.select_for_update().filter(pk=photo_id, came_at__lt=before).first()
    if photo is None or not Photo.objects.unused().filter(pk=photo_id).exists():
        return False
    photo.delete()
    transaction.on_commit(lambda: storage.remove(photo_id))
    return True


def remove_files(*, owner_id: UUID) -> None:
    """Remove the files of all photos of somebody who is being erased, and of those on their way.

    What cannot go now, the sweep tries again.
    """
    for photo_id in Photo.objects.filter(owner=owner_id).values_list("pk", flat=True):
        storage.remove(photo_id)
    for upload_id in UploadSession.objects.filter(owner=owner_id).values_list("pk", flat=True):
        storage.remove_upload(upload_id)
