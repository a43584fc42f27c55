"""Photos turned or cropped by hand: rows of their own beside the photo that they are a part of."""

from uuid import uuid4

from django.utils.translation import gettext as _

from biologidex.accounts.models import User
from biologidex.core.errors import Forbidden
from biologidex.media import storage
from biologidex.media.framing import Framing
from biologidex.media.models import Photo
from biologidex.media.services.photos import Upload, came_again, darkroom, open_original, saved, store_photo

CARRIED_OVER = (
    "owner_id", "sha256", "format", "size", "taken_local", "utc_offset_minutes", "taken_at", "time_source",
    "latitude", "longitude", "accuracy_m", "place_source",
)  # fmt: skip


def frame(*, by: User, photo: Photo, framing: Framing) -> Photo:
    """Return the photo with exactly this framing, made if need be.

    A framing is absolute: it replaces the one that a framed photo has, and a neutral one leads back to the photo as
    it came. So asking twice never turns twice. Call it outside a transaction, as `store_photo`.
    """
    root = photo.parent or photo
    if root.owner_id != by.pk:
        raise Forbidden(_("Only the person who gave a photo can turn or crop it."))
    if framing.is_neutral:
        return root
    known = Photo.objects.filter(parent=root, framing=str(framing)).first()
    if known and came_again(known):
        return known
    with open_original(root) as original:
        picture = darkroom().develop(original, framing=framing)
    photo_id = uuid4()
    storage.keep_variants(photo_id, picture.variants)
    facts = {name: getattr(root, name) for name in CARRIED_OVER}
    facts |= {"width": picture.width, "height": picture.height, "pictures_size": picture.size}
    return saved(Photo(id=photo_id, parent=root, framing=str(framing), **facts))


def convert(*, by: User, upload: Upload, framing: Framing) -> Photo:
    """Take a photo in and frame it, for a program that shows it to the person before anything else is done."""
    return frame(by=by, photo=store_photo(by=by, upload=upload), framing=framing)
