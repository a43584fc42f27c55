"""The existing client's way to send a photo: first only to see it, as the PNG that it can read."""

from typing import cast
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts.models import User
from biologidex.core.api import FileView
from biologidex.core.schema import BINARY
from biologidex.media import services
from biologidex.media.api.pictures import picture
from biologidex.media.developed import DEX
from biologidex.media.framing import AS_IT_IS
from biologidex.media.models import Photo
from biologidex.media.serializers import ConversionIn, ConversionOut, conversion_out


def _own(request: Request, photo_id: UUID) -> Photo:
    return get_object_or_404(Photo.objects.visible_to(request.user), pk=photo_id)


class Conversions(APIView):
    """Photos to be looked at before they are identified."""

    parser_classes = [MultiPartParser]
    rate = {"POST": "upload"}

    @extend_schema(
        tags=["media"],
        operation_id="convert_image",
        request={"multipart/form-data": ConversionIn},
        responses={201: ConversionOut},
    )
    def post(self, request: Request) -> Response:
        """Take a photo in. The same file with the same transformations is the same conversion."""
        form = ConversionIn(data=request.data)
        form.is_valid(raise_exception=True)
        photo = services.convert(
            by=cast("User", request.user),
            upload=form.validated_data["image"],
            framing=form.validated_data.get("transformations", AS_IT_IS),
        )
        return Response(conversion_out(photo, request), status=status.HTTP_201_CREATED)


class Conversion(APIView):
    """One such photo."""

    @extend_schema(tags=["media"], operation_id="conversion", responses=ConversionOut)
    def get(self, request: Request, photo_id: UUID) -> Response:
        """Tell about it."""
        return Response(conversion_out(_own(request, photo_id), request))


class ConversionDownload(FileView):
    """The picture of one such photo."""

    @extend_schema(tags=["media"], operation_id="conversion_download", responses={(200, "image/png"): BINARY})
    def get(self, request: Request, photo_id: UUID) -> HttpResponseBase:
        """Download it as PNG, at most 1024 pixels long."""
        photo = _own(request, photo_id)
        etag = f'"{services.picture_checksum(photo.pk)}"'
        return picture(request, photo.pk, DEX, etag=etag, cache="private, no-cache")
