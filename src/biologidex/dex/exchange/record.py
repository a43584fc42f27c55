"""A card with all that its owner knows of it, as plain values: what our own files hold, out and in again."""

from typing import Any

from biologidex.dex.models import DexEntry, EntryPhoto
from biologidex.media.formats import FORMATS
from biologidex.media.models import Photo

FORMAT, VERSION = "biologidex-finds", 1
# In the order of the columns of a table. What is not text is a number, a flag or the list of photos.
COLUMNS = (
    "id",
    "number",
    "scientific_name",
    "common_name",
    "rank",
    "taxon",
    "class",
    "order",
    "family",
    "catch_date",
    "latitude",
    "longitude",
    "accuracy_m",
    "place_source",
    "place_name",
    "geoprivacy",
    "establishment",
    "license",
    "visibility",
    "is_favorite",
    "notes",
    "verbatim_identification",
    "identified_at",
    "created_at",
    "updated_at",
    "photos",
)


def record_of(entry: DexEntry) -> dict[str, Any]:
    """Return the card, exact place and private notes included: this is for its owner alone."""
    taxon = entry.animal.taxon
    return {
        "id": str(entry.pk),
        "number": entry.animal.creation_index,
        "scientific_name": taxon.scientific_name,
        "common_name": taxon.common_name,
        "rank": taxon.rank,
        "taxon": f"{taxon.source}:{taxon.source_id}",
        "class": taxon.class_name,
        "order": taxon.order,
        "family": taxon.family,
        "catch_date": entry.catch_date.isoformat() if entry.catch_date else "",
        "latitude": entry.latitude,
        "longitude": entry.longitude,
        "accuracy_m": entry.accuracy_m,
        "place_source": entry.place_source,
        "place_name": entry.place_name,
        "geoprivacy": entry.geoprivacy,
        "establishment": entry.establishment,
        "license": entry.license,
        "visibility": entry.visibility,
        "is_favorite": entry.is_favorite,
        "notes": entry.notes,
        "verbatim_identification": entry.verbatim_identification,
        "identified_at": entry.identified_at.isoformat(),
        "created_at": entry.created_at.isoformat(),
        "updated_at": entry.updated_at.isoformat(),
        "photos": [_photo(shown) for shown in entry.photos.all()],
    }


def original_of(photo: Photo) -> Photo:
    """Return the photo whose file it is: a framed one has none of its own."""
    return photo.parent or photo


def file_of(original: Photo) -> str:
    """Return the name under which the original lies beside the list: nothing of it comes from a person."""
    return f"photos/{original.pk}.{FORMATS[original.format].extension}"


def _photo(shown: EntryPhoto) -> dict[str, Any]:
    photo, original = shown.photo, original_of(shown.photo)
    return {
        "file": file_of(original),
        "sha256": original.sha256,
        "framing": photo.framing,
        "taken_local": photo.taken_local,
        "latitude": photo.latitude,
        "longitude": photo.longitude,
        "accuracy_m": photo.accuracy_m,
        "place_source": photo.place_source,
        "added_at": shown.added_at.isoformat(),
    }
