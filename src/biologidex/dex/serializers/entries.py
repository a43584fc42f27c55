"""The shapes of a find in JSON."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from rest_framework import serializers

from biologidex.animals.serializers import AnimalOut
from biologidex.core import clock
from biologidex.core.serializers import Number, Text, WholeNumber
from biologidex.dex.models import DexEntry
from biologidex.dex.privacy import place_for
from biologidex.dex.selectors import needing_a_look
from biologidex.media import services as media
from biologidex.media.developed import DEX, VARIANTS
from biologidex.media.models import Photo

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


def entry_out(entry: DexEntry, request: HttpRequest) -> dict[str, Any]:
    """Return the JSON of one card. `with_card` should have loaded it."""
    return entries_out([entry], request)[0]


def entries_out(entries: Sequence[DexEntry], request: HttpRequest) -> list[dict[str, Any]]:
    """Return the JSON of cards. `with_card` should have loaded them; one query more if any are the viewer's own."""
    own = {entry.pk for entry in entries if entry.owner_id == request.user.pk}
    doubtful = needing_a_look(own)
    return [
        _card(entry, request)
        | _place(entry, request)
        | (_for_owner(entry, needs_review=entry.pk in doubtful) if entry.pk in own else {})
        for entry in entries
    ]


def _card(entry: DexEntry, request: HttpRequest) -> dict[str, Any]:
    taxon = entry.animal.taxon
    photos = [shown.photo for shown in entry.photos.all()]
    images = [_picture(photo, request) for photo in photos]
    return {
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
        "establishment": entry.establishment,
        "license": entry.license,
        "verbatim_identification": entry.verbatim_identification,
        "identified_at": clock.stamp(entry.identified_at),
        "images": images,
        "dex_compatible_url": images[0]["dex"]
        if images
        else request.build_absolute_uri(reverse("no-picture")),
        "image_checksum": media.picture_checksum(photos[0]) if photos else NO_PICTURE,
        "created_at": clock.stamp(entry.created_at),
        "updated_at": clock.stamp(entry.updated_at),
    }


def _picture(photo: Photo, request: HttpRequest) -> dict[str, str]:
    here = f"{request.scheme}://{request.get_host()}"
    addresses = {
        variant: here + media.address(photo, variant, viewer=request.user) for variant in (*VARIANTS, DEX)
    }
    return {"id": str(photo.pk), **addresses}


def _place(entry: DexEntry, request: HttpRequest) -> dict[str, Any]:
    told = place_for(entry, request.user)
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


def _for_owner(entry: DexEntry, *, needs_review: bool) -> dict[str, Any]:
    return {
        "is_favorite": entry.is_favorite,
        "geoprivacy": entry.geoprivacy,
        "needs_review": needs_review,
    }
