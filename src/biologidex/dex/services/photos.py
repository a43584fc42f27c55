"""Put photos onto a card and take them off."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import RestrictedError
from django.utils.translation import gettext as _

from biologidex.accounts.models import User
from biologidex.core.errors import Conflict, Forbidden, NotFound
from biologidex.dex.changes import changing
from biologidex.dex.models import DexEntry, EntryPhoto
from biologidex.dex.services.history import Kind, note
from biologidex.media import services as media
from biologidex.media.models import Photo
from biologidex.vision import services as vision
from biologidex.vision.models import AnalysisJob

MOST_PHOTOS = 100  # on one card


def add_photo(*, by: User, entry: DexEntry, photo: Photo) -> None:
    """Show one more of one's photos on a card. Doing it twice changes nothing."""
    if entry.owner_id != by.pk or photo.owner_id != by.pk:
        raise Forbidden(_("Only its owner can change a card, with photos of their own."))
    with changing(by.pk) as moment:
        current = DexEntry.objects.filter(pk=entry.pk).first()
        if current is None:
            raise NotFound(_("This card is not in your dex any more."))
        if current.photos.count() >= MOST_PHOTOS and not current.photos.filter(photo=photo).exists():
            raise Conflict(_("A card shows at most %(most)s photos.") % {"most": MOST_PHOTOS})
        show(current, photo, moment)
        for job in AnalysisJob.objects.open().filter(photo=photo):
            vision.settle(job=job)


def show(entry: DexEntry, photo: Photo, moment: datetime, **columns: Any) -> None:
    """Put a photo onto a card, with these columns unless it is there already. Call it in `changing`."""
    _, is_new = EntryPhoto.objects.get_or_create(entry=entry, photo=photo, defaults=columns)
    if is_new:
        note(entry, Kind.PHOTO_ADDED, moment)
        entry.updated_at = entry.touched_at = moment
        entry.save(update_fields=["updated_at", "touched_at"])


def remove_photo(*, by: User, entry: DexEntry, photo_id: UUID) -> None:
    """Take a photo off a card, and away if nothing else shows it."""
    if entry.owner_id != by.pk:
        raise Forbidden(_("Only its owner can change a card."))
    with changing(by.pk) as moment:
        shown = (
            EntryPhoto.objects.filter(entry=entry.pk, photo=photo_id).select_related("photo", "entry").first()
        )
        if shown is None:
            raise NotFound(_("This photo is not on the card."))
        shown.delete()
        let_go(by=by, photo=shown.photo)
        note(shown.entry, Kind.PHOTO_REMOVED, moment)
        DexEntry.objects.filter(pk=entry.pk).update(updated_at=moment, touched_at=moment)


def let_go(*, by: User, photo: Photo) -> None:
    """Delete a photo that a card does not show any more, unless somebody still needs it.

    Another card may show it, an identification that nobody has settled may wait for its owner, or a part of it may be
    kept, whose original it holds. With the last part goes the whole, if nothing else holds that either.
    """
    if AnalysisJob.objects.open().filter(photo=photo).exists():
        return
    whole = photo.parent
    try:
        media.delete_photo(by=by, photo=photo)
    except RestrictedError:  # a card shows it, or a part of it
        return
    if whole is not None:
        let_go(by=by, photo=whole)
