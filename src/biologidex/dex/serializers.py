"""The shapes of a find in JSON."""

from typing import Any

from django.http import HttpRequest
from rest_framework import serializers

from biologidex.core.serializers import Number
from biologidex.dex.models import DexEntry
from biologidex.media import services as media
from biologidex.media.developed import VARIANTS


class EntryIn(serializers.Serializer[Any]):
    """A find as the client sends it. What the values mean is checked by `dex.details`."""

    source_vision_job = serializers.UUIDField()
    animal = serializers.UUIDField(required=False)
    taxon = serializers.IntegerField(required=False, min_value=1)
    choice = serializers.IntegerField(required=False, min_value=-1)
    visibility = serializers.CharField(required=False)
    catch_date = serializers.DateField(required=False, allow_null=True)
    latitude = Number(required=False)
    longitude = Number(required=False)
    accuracy_m = Number(required=False)
    place_name = serializers.CharField(required=False, allow_blank=True)
    notes = serializers.CharField(required=False, allow_blank=True)
    is_favorite = serializers.BooleanField(required=False)


def entry_out(entry: DexEntry, request: HttpRequest) -> dict[str, Any]:
    """Return the JSON of one card. `with_card` should have loaded it. The place is for its owner alone."""
    taxon = entry.animal.taxon
    shape: dict[str, Any] = {
        "id": str(entry.pk),
        "animal": str(entry.animal_id),
        "animal_id": str(entry.animal_id),
        "creation_index": entry.animal.creation_index,
        "scientific_name": taxon.scientific_name,
        "common_name": taxon.common_name,
        "rank": taxon.rank,
        "owner": str(entry.owner_id),
        "owner_username": entry.owner.username,
        "visibility": entry.visibility,
        "catch_date": entry.catch_date.isoformat() if entry.catch_date else "",
        "notes": entry.notes,
        "is_favorite": entry.is_favorite,
        "images": [
            {
                variant: request.build_absolute_uri(media.address(shown.photo, variant, viewer=request.user))
                for variant in VARIANTS
            }
            for shown in entry.photos.all()
        ],
        "created_at": entry.created_at,
        "updated_at": entry.updated_at,
    }
    if entry.owner == request.user:
        shape |= _place_out(entry)
    return shape


def _place_out(entry: DexEntry) -> dict[str, Any]:
    shape: dict[str, Any] = {"place_name": entry.place_name}
    if entry.latitude is not None:
        shape |= {
            "latitude": entry.latitude,
            "longitude": entry.longitude,
            "place_source": entry.place_source,
            **({"accuracy_m": entry.accuracy_m} if entry.accuracy_m is not None else {}),
        }
    return shape
