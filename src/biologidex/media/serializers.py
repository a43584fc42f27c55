"""Shapes of what programs send and get."""

from typing import Any

import orjson
from django.http import HttpRequest
from django.urls import reverse
from rest_framework import serializers

from biologidex.core.serializers import Text
from biologidex.media.errors import ImpossibleFraming
from biologidex.media.formats import FORMATS
from biologidex.media.framing import ROTATIONS, Framing
from biologidex.media.models import Photo


class ConversionIn(serializers.Serializer[Any]):
    """A photo, and how to turn or crop it."""

    # An empty file may be the stand-in for one that was too large: media.limits.
    image = serializers.FileField(allow_empty_file=True)
    transformations = Text(
        required=False,
        allow_blank=True,
        max_length=1000,
        help_text='JSON: `{"rotation": 90}` (clockwise from the pixels as the file holds them), '
        '`{"crop": {"x": 0.1, "y": 0, "width": 0.5, "height": 0.5}}` (shares of the upright picture), or both.',
    )

    def validate_transformations(self, value: str) -> Framing:
        """Read the JSON."""
        try:
            return Framing.told(orjson.loads(value) if value.strip() else None)
        except orjson.JSONDecodeError as error:
            raise serializers.ValidationError('Transformations are JSON like {"rotation": 90}.') from error
        except ImpossibleFraming as error:
            raise serializers.ValidationError(error.message, code=error.code) from error


class CropOut(serializers.Serializer[Any]):
    """A part of a picture, in shares of its sides."""

    x = serializers.FloatField()
    y = serializers.FloatField()
    width = serializers.FloatField()
    height = serializers.FloatField()


class TransformationsOut(serializers.Serializer[Any]):
    """How a photo was turned or cropped by hand."""

    rotation = serializers.ChoiceField(choices=ROTATIONS, required=False)
    crop = CropOut(required=False)


class PhotoFactsOut(serializers.Serializer[Any]):
    """What the photo is: the format in which it came, and its upright size in pixels."""

    format = serializers.ChoiceField(choices=list(FORMATS))
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class ConversionOut(serializers.Serializer[Any]):
    """A photo that was sent to be looked at first. Its id is the `conversion_id` of an identification."""

    id = serializers.UUIDField()
    download_url = serializers.URLField()
    metadata = PhotoFactsOut()
    transformations = TransformationsOut()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


def conversion_out(photo: Photo, request: HttpRequest) -> dict[str, Any]:
    """Return the JSON of a photo that was sent to be looked at first."""
    return {
        "id": str(photo.pk),
        "download_url": request.build_absolute_uri(reverse("api:conversion-download", args=[photo.pk])),
        "metadata": {"format": photo.format, "width": photo.width, "height": photo.height},
        "transformations": Framing.read(photo.framing).transformations(),
        "created_at": photo.created_at,
        "expires_at": photo.expires_at,
    }
