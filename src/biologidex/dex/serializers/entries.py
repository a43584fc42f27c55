"""The shapes of a find in JSON."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from rest_framework import serializers

from biologidex.accounts.models import User
from biologidex.animals.serializers import AnimalOut
from biologidex.core import clock
from biologidex.core.serializers import Number, Text, WholeNumber
from biologidex.dex.models import DexEntry
from biologidex.dex.privacy import place_for
from biologidex.dex.selectors import photos_on
from biologidex.media import services as media
from biologidex.media.developed import DEX, VARIANTS

Photos = Mapping[UUID, Sequence[UUID]]  # by card
NO_PICTURE = "no-picture"  # what stands for the picture's checksum on a card without one


class DetailsIn(serializers.Serializer[Any]):
    """What may be said of a find, all of it optional. What the values mean is checked by `dex.details`."""

    visibility = Text(required=False, help_text="private, friends or public")
    geoprivacy = Text(
        required=False, help_text="open, obscured or private: how exactly others know the place"
    )
    license = Text(required=False, allow_blank=True, help_text="an SPDX identifier, or blank")
    establishment = Text(required=False, allow_blank=True, help_text="wild, captive or blank")
    catch_date = serializers.DateField(required=False, allow_null=True)
    latitude = Number(required=False, allow_null=True)
    longitude = Number(required=False, allow_null=True)
    accuracy_m = Number(required=False, allow_null=True)
    place_name = Text(required=False, allow_blank=True)
    notes = Text(required=False, allow_blank=True, trim_whitespace=False)
    is_favorite = serializers.BooleanField(required=False)


class EntryIn(DetailsIn):
    """A find as the client sends it: the identification, and which animal it is."""

    source_vision_job = serializers.UUIDField()
    animal = serializers.UUIDField(required=False)
    taxon = WholeNumber(required=False, min_value=1)
    choice = WholeNumber(required=False, min_value=-1)


class EntryChange(DetailsIn):
    """A change of a card: of what it says, or of the animal that it is of."""

    animal = serializers.UUIDField(required=False)


class EntryPhotoIn(serializers.Serializer[Any]):
    """One more photo for a card: one's own, by its id or by that of its identification."""

    photo = serializers.UUIDField(required=False)
    source_vision_job = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse to guess which one is meant."""
        if len(attrs) != 1:
            raise serializers.ValidationError({"photo": "Send `photo` or `source_vision_job`."})
        return attrs


class EntryFilters(serializers.Serializer[Any]):
    """What a list of cards can be narrowed by. What is named in `need` must be there."""

    owner = serializers.UUIDField(required=False)
    animal = serializers.UUIDField(required=False)
    visibility = serializers.ChoiceField(DexEntry.Visibility.choices, required=False)
    establishment = serializers.ChoiceField(DexEntry.Establishment.choices, required=False)

    def __init__(self, *args: Any, need: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in need:
            self.fields[name].required = True


class PictureOut(serializers.Serializer[Any]):
    """A photo on a card: addresses that work for some days, as long as the viewer may see the card."""

    id = serializers.UUIDField()
    full = serializers.URLField(help_text="JPEG, longest side 1920")
    card = serializers.URLField(help_text="JPEG, longest side 640")
    thumb = serializers.URLField(help_text="JPEG, longest side 256")
    dex = serializers.URLField(help_text="PNG, as the existing client needs it")


class EntryOut(serializers.Serializer[Any]):
    """A card. No value is null; what is not known is blank or left out."""

    id = serializers.UUIDField()
    animal = serializers.UUIDField()
    animal_id = serializers.UUIDField()
    creation_index = serializers.IntegerField(min_value=1)
    scientific_name = serializers.CharField()
    common_name = serializers.CharField(allow_blank=True)
    rank = serializers.CharField()
    owner = serializers.UUIDField()
    owner_username = serializers.CharField()
    visibility = serializers.ChoiceField(DexEntry.Visibility.choices)
    catch_date = serializers.CharField(allow_blank=True, help_text="YYYY-MM-DD, or blank")
    notes = serializers.CharField(allow_blank=True)
    establishment = serializers.CharField(allow_blank=True, help_text="wild, captive or blank")
    license = serializers.CharField(allow_blank=True, help_text="SPDX identifier; blank: all rights reserved")
    verbatim_identification = serializers.CharField(allow_blank=True)
    identified_at = serializers.DateTimeField()
    images = PictureOut(many=True)
    dex_compatible_url = serializers.URLField(help_text="PNG; a blank plate if the card has no photo")
    image_checksum = serializers.CharField(help_text="changes exactly when that picture does")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField(help_text="always six decimals, so that texts compare as times do")
    place_name = serializers.CharField(required=False, allow_blank=True)
    latitude = serializers.FloatField(required=False)
    longitude = serializers.FloatField(required=False)
    accuracy_m = serializers.FloatField(required=False)
    place_source = serializers.CharField(required=False, allow_blank=True)
    is_generalised = serializers.BooleanField(
        required=False, help_text="the middle of a cell stands for the place"
    )
    is_favorite = serializers.BooleanField(required=False, help_text="told to the owner alone")
    geoprivacy = serializers.ChoiceField(
        DexEntry.Geoprivacy.choices, required=False, help_text="told to the owner alone"
    )
    needs_review = serializers.BooleanField(
        required=False,
        help_text="told to the owner alone: a newer taxonomy split, merged or renamed the animal; look again",
    )


class PopularOut(AnimalOut):
    """An animal, and how many people have found it, as far as one may see their finds."""

    finders = serializers.IntegerField(min_value=1)


def entry_out(row: Any, request: HttpRequest) -> dict[str, Any]:
    """Return the JSON of one row of `card_rows`."""
    return entries_out([row], request)[0]


def entries_out(
    rows: Sequence[Any], request: HttpRequest, photos: Photos | None = None
) -> list[dict[str, Any]]:
    """Return the JSON of rows of `card_rows`. One query more, for their photos, unless they are there."""
    if photos is None:
        photos = photos_on([row.pk for row in rows])
    viewer, addresses = request.user, Addresses(request)
    return [
        _card(row, photos.get(row.pk, []), addresses)
        | _place(row, viewer)
        | (_for_owner(row) if row.owner_id == viewer.pk else {})
        for row in rows
    ]


class Addresses:
    """Writes the addresses of pictures for whoever asks, at the host that was asked."""

    def __init__(self, request: HttpRequest) -> None:
        self._viewer = request.user
        self._here = f"{request.scheme}://{request.get_host()}"
        self.none = request.build_absolute_uri(reverse("no-picture"))

    def of(self, photo_id: UUID) -> dict[str, str]:
        """Return the addresses of one photo."""
        shown = media.addresses(photo_id, (*VARIANTS, DEX), viewer=self._viewer)
        return {"id": str(photo_id), **{variant: self._here + path for variant, path in shown.items()}}


def _card(row: Any, photos: Sequence[UUID], addresses: Addresses) -> dict[str, Any]:
    images = [addresses.of(photo_id) for photo_id in photos]
    animal_id = str(row.animal_id)
    return {
        "id": str(row.pk),
        "animal": animal_id,
        "animal_id": animal_id,
        "creation_index": row.creation_index,
        "scientific_name": row.scientific_name,
        "common_name": row.common_name,
        "rank": row.rank,
        "owner": str(row.owner_id),
        "owner_username": row.owner_username,
        "visibility": row.visibility,
        "catch_date": row.catch_date.isoformat() if row.catch_date else "",
        "notes": row.notes,
        "establishment": row.establishment,
        "license": row.license,
        "verbatim_identification": row.verbatim_identification,
        "identified_at": clock.stamp(row.identified_at),
        "images": images,
        "dex_compatible_url": images[0]["dex"] if images else addresses.none,
        "image_checksum": media.picture_checksum(photos[0]) if photos else NO_PICTURE,
        "created_at": clock.stamp(row.created_at),
        "updated_at": clock.stamp(row.updated_at),
    }


def _place(row: Any, viewer: User | AnonymousUser) -> dict[str, Any]:
    told = place_for(row, viewer)
    if told is None:
        return {}
    shape: dict[str, Any] = {"place_name": told.place_name}
    if told.latitude is not None:
        shape |= {
            "latitude": told.latitude,
            "longitude": told.longitude,
            "place_source": told.place_source,
            "is_generalised": told.is_generalised,
        }
    if told.accuracy_m is not None:
        shape["accuracy_m"] = told.accuracy_m
    return shape


def _for_owner(row: Any) -> dict[str, Any]:
    return {
        "is_favorite": row.is_favorite,
        "geoprivacy": row.geoprivacy,
        "needs_review": row.needs_review,
    }
