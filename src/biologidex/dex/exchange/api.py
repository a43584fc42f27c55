"""Finds out and in for programs."""

from typing import cast
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts.models import User
from biologidex.core.api import FileView, OpenView, paged
from biologidex.core.schema import page_of
from biologidex.dex.exchange import services
from biologidex.dex.exchange.errors import FileTooLarge
from biologidex.dex.exchange.models import ImportRun
from biologidex.dex.exchange.outgoing import FORMS
from biologidex.dex.exchange.serializers import (
    OUTCOMES,
    ExportAsked,
    ImportIn,
    ImportRowOut,
    ImportRunOut,
    RowsAsked,
    rows_out,
    run_out,
)
from biologidex.dex.models import DexEntry, EntryPhoto
from biologidex.media import services as media
from biologidex.media.limits import most_bytes


class Export(FileView):
    """One's own finds as a file."""

    rate = "export"

    @extend_schema(
        tags=["dex"],
        operation_id="dex_export",
        parameters=[
            OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=list(FORMS)),
            OpenApiParameter(
                "licensed_only",
                bool,
                description="Only for `dwca`: false puts in cards, too, that are private or not licensed to be "
                "passed on. True unless said otherwise.",
            ),
        ],
        responses={
            (200, kind): OpenApiTypes.OBJECT if kind == "application/json" else OpenApiTypes.BINARY
            for kind in (form.content_type.partition(";")[0] for form in FORMS.values())
        },
    )
    def get(self, request: Request, kind: str) -> StreamingHttpResponse:
        """Download all one's finds: `csv`, `json`, `zip` with the photos, or a Darwin Core archive (`dwca`)."""
        asked = ExportAsked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        file = services.export(by=cast("User", request.user), kind=kind, **asked.validated_data)
        answer = StreamingHttpResponse(file.chunks, content_type=file.content_type)
        answer["Content-Disposition"] = f'attachment; filename="{file.filename}"'
        answer["Cache-Control"] = "private, no-store"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


class Imports(APIView):
    """Files of finds that one has sent."""

    rate = {"POST": "upload"}
    parser_classes = [MultiPartParser]

    @extend_schema(tags=["dex"], operation_id="dex_import_list", responses=page_of(ImportRunOut))
    def get(self, request: Request) -> Response:
        """List one's imports, newest first."""
        return paged(
            ImportRun.objects.visible_to(request.user).counted(),
            request,
            view=self,
            ordering=("-created_at", "pk"),
            shape=lambda runs: [run_out(run) for run in runs],
        )

    @extend_schema(
        tags=["dex"],
        operation_id="dex_import",
        request={"multipart/form-data": ImportIn},
        responses={202: ImportRunOut, 200: ImportRunOut},
    )
    def post(self, request: Request) -> Response:
        """Take finds in from a file. It is read in the background; a file that cannot be read is refused at once."""
        form = ImportIn(data=request.data)
        form.is_valid(raise_exception=True)
        file = form.validated_data["file"]
        if file.size > most_bytes():  # media.limits has dropped its bytes while they came
            raise FileTooLarge(f"This file is larger than {most_bytes() // 1_000_000} MB.")
        run, is_new = services.begin(
            by=cast("User", request.user),
            pieces=file.chunks(),
            filename=file.name or "",
            kind=form.validated_data.get("kind", ""),
        )
        return Response(
            run_out(ImportRun.objects.counted().get(pk=run.pk)),
            status=status.HTTP_202_ACCEPTED if is_new else status.HTTP_200_OK,
        )


class ImportDetail(APIView):
    """One import."""

    @extend_schema(tags=["dex"], operation_id="dex_import_detail", responses=ImportRunOut)
    def get(self, request: Request, run_id: UUID) -> Response:
        """Tell how far it is and what came of it."""
        runs = ImportRun.objects.visible_to(request.user).counted()
        return Response(run_out(get_object_or_404(runs, pk=run_id)))


class ImportRows(APIView):
    """What became of each line of a file."""

    @extend_schema(
        tags=["dex"],
        operation_id="dex_import_rows",
        parameters=[OpenApiParameter("outcome", str, enum=OUTCOMES)],
        responses=page_of(ImportRowOut),
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        """List the lines in their order, all or those with one outcome."""
        asked = RowsAsked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        run = get_object_or_404(ImportRun.objects.visible_to(request.user), pk=run_id)
        rows = run.rows.filter(**asked.validated_data)
        return paged(rows, request, view=self, ordering=("number", "pk"), shape=rows_out)


class PublishedPicture(OpenView):
    """The lasting address of a picture, as archives tell it: good for as long as its card is public."""

    @extend_schema(
        tags=["dex"],
        operation_id="dex_published_picture",
        responses={
            302: OpenApiResponse(description="The picture is at the address in `Location`, for some days.")
        },
    )
    def get(self, request: Request, shown_id: UUID) -> HttpResponse:
        """Lead to the picture's present address."""
        public = DexEntry.objects.visible_to(request.user).filter(owner__is_active=True)
        shown = get_object_or_404(EntryPhoto.objects.select_related("photo"), pk=shown_id, entry__in=public)
        return HttpResponseRedirect(media.address(shown.photo, "full", viewer=request.user))
