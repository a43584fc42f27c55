"""Shapes of what programs send and get."""

import re
from typing import Any

import orjson
from django.http import HttpRequest
from django.urls import reverse
from rest_framework import serializers

from biologidex.core.serializers import Text, WholeNumber
from biologidex.media.errors import ImpossibleFraming
from biologidex.media.formats import FORMATS
from biologidex.media.framing import ROTATIONS, Framing
from biologidex.media.limits import most_bytes
from biologidex.media.models import Photo, UploadSession


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


class UploadIn(serializers.Serializer[Any]):
    """A file that is about to be sent."""

    size = WholeNumber(min_value=1, help_text="In bytes.")
    sha256 = Text(
        required=False,
        allow_blank=True,
        max_length=64,
        help_text="Of the whole file, in hexadecimal. With it, damage on the way is noticed, and the same upload is "
        "found again.",
    )

    def validate_sha256(self, value: str) -> str:
        """Take it in either case."""
        if value and not re.fullmatch(r"[0-9a-fA-F]{64}", value):
            raise serializers.ValidationError("A SHA-256 has 64 hexadecimal digits.")
        return value.lower()


class UploadOut(serializers.Serializer[Any]):
    """An upload in pieces. `offset` is the byte to go on from; with `photo` it is finished."""

    id = serializers.UUIDField()
    size = serializers.IntegerField()
    offset = serializers.IntegerField()
    longest_piece = serializers.IntegerField()
    photo = serializers.UUIDField(required=False)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class DirectUploadOut(serializers.Serializer[Any]):
    """Where to send a file without this server in between: with this method, these headers and nothing else."""

    id = serializers.UUIDField()
    method = serializers.ChoiceField(choices=["PUT"])
    url = serializers.URLField()
    headers = serializers.DictField(child=serializers.CharField())
    expires_at = serializers.DateTimeField()


def upload_out(session: UploadSession) -> dict[str, Any]:
    """Return the JSON of an upload in pieces."""
    told = {
        "id": str(session.pk),
        "size": session.size,
        "offset": session.offset,
        "longest_piece": most_bytes(),
        "created_at": session.created_at,
        "expires_at": session.expires_at,
    }
    return told | ({"photo": str(session.photo_id)} if session.photo_id else {})
