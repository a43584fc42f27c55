"""Large photos over bad connections, after the manner of tus.io: announce, send pieces, ask how far it is, finish."""

import io
from collections.abc import Mapping
from datetime import timedelta
from typing import IO, Any, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts.models import User
from biologidex.core.errors import Invalid
from biologidex.core.schema import BINARY, NOTHING
from biologidex.media import services
from biologidex.media.errors import WrongOffset
from biologidex.media.models import UploadSession
from biologidex.media.serializers import (
    ConversionOut,
    DirectUploadOut,
    UploadIn,
    UploadOut,
    conversion_out,
    upload_out,
)
from biologidex.media.services.uploads import LEAVE_SECONDS

OFFSET = "Upload-Offset"
PIECE = "application/offset+octet-stream"


class PieceParser(BaseParser):
    """A piece of a file. It is handed on unread: `services.append` bounds it while it reads."""

    media_type = PIECE

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """Return the stream."""
        return stream


def _own(request: Request, upload_id: UUID) -> UploadSession:
    mine = UploadSession.objects.visible_to(request.user).select_related("photo__parent")
    return get_object_or_404(mine, pk=upload_id)


def _announced(request: Request) -> dict[str, Any]:
    form = UploadIn(data=request.data)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


class UploadView(APIView):
    """Answers about one upload, errors too, say in a header where to go on."""

    def handle_exception(self, exc: Exception) -> Response:
        """Add the header."""
        answer = super().handle_exception(exc)
        if isinstance(exc, WrongOffset):
            answer[OFFSET] = str(exc.offset)
        return answer


class Uploads(APIView):
    """Uploads in pieces."""

    rate = {"POST": "upload"}

    @extend_schema(tags=["media"], operation_id="begin_upload", request=UploadIn, responses={201: UploadOut})
    def post(self, request: Request) -> Response:
        """Announce a file. `Location` is where its pieces go."""
        session = services.begin_upload(by=cast("User", request.user), **_announced(request))
        place = request.build_absolute_uri(reverse("api:upload", args=[session.pk]))
        return Response(
            upload_out(session),
            status=status.HTTP_201_CREATED,
            headers={"Location": place, OFFSET: str(session.offset)},
        )


class Upload(UploadView):
    """One upload in pieces."""

    parser_classes = [PieceParser]

    @extend_schema(tags=["media"], operation_id="upload", responses=UploadOut)
    def get(self, request: Request, upload_id: UUID) -> Response:
        """Tell how far it is, also in the header `Upload-Offset`. HEAD tells only that."""
        session = _own(request, upload_id)
        told = {OFFSET: str(session.offset), "Upload-Length": str(session.size), "Cache-Control": "no-store"}
        return Response(upload_out(session), headers=told)

    @extend_schema(
        tags=["media"],
        operation_id="append_to_upload",
        request={PIECE: BINARY},
        parameters=[OpenApiParameter(OFFSET, int, OpenApiParameter.HEADER, required=True)],
        responses={204: NOTHING},
    )
    def patch(self, request: Request, upload_id: UUID) -> Response:
        """Send the next piece. 409 names the right offset if this one is wrong."""
        session = _own(request, upload_id)
        sent: Any = request.data  # without a body there is no stream
        offset = services.append(
            by=cast("User", request.user),
            session=session,
            offset=_number(request.headers.get(OFFSET, ""), OFFSET),
            content=sent if hasattr(sent, "read") else io.BytesIO(),
            length=_number(request.META.get("CONTENT_LENGTH") or "0", "Content-Length"),
        )
        return Response(status=status.HTTP_204_NO_CONTENT, headers={OFFSET: str(offset)})

    @extend_schema(tags=["media"], operation_id="cancel_upload", responses={204: NOTHING})
    def delete(self, request: Request, upload_id: UUID) -> Response:
        """Remove it with everything that has come."""
        services.cancel_upload(by=cast("User", request.user), session=_own(request, upload_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _number(told: str, header: str) -> int:
    if not (told.isascii() and told.isdigit() and len(told) <= 12):
        raise Invalid(f"The header {header} must be a number of bytes.", field=header)
    return int(told)


class UploadFinish(UploadView):
    """The end of an upload, in pieces or direct."""

    @extend_schema(tags=["media"], operation_id="finish_upload", request=None, responses={201: ConversionOut})
    def post(self, request: Request, upload_id: UUID) -> Response:
        """Make a photo of what has come. Its id is the `conversion_id` of an identification."""
        photo = services.finish_upload(by=cast("User", request.user), session=_own(request, upload_id))
        return Response(conversion_out(photo, request), status=status.HTTP_201_CREATED)


class DirectUploads(APIView):
    """Uploads straight into the storage."""

    rate = {"POST": "upload"}

    @extend_schema(
        tags=["media"],
        operation_id="begin_direct_upload",
        request=UploadIn,
        responses={201: DirectUploadOut},
    )
    def post(self, request: Request) -> Response:
        """Announce a file. The answer is where to send it; then finish the upload here."""
        session, leave = services.begin_direct_upload(by=cast("User", request.user), **_announced(request))
        told = {
            "id": str(session.pk),
            "method": "PUT",
            "url": leave.url,
            "headers": leave.headers,
            "expires_at": timezone.now() + timedelta(seconds=LEAVE_SECONDS),
        }
        return Response(told, status=status.HTTP_201_CREATED)
