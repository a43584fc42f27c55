"""Photos for programs: one's own original, as it came."""

from uuid import UUID

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from biologidex.core.api import FileView
from biologidex.core.schema import BINARY
from biologidex.media import services
from biologidex.media.formats import FORMATS
from biologidex.media.models import Photo


class Original(FileView):
    """The file that a person gave, byte for byte, for that person alone."""

    @extend_schema(
        tags=["media"],
        operation_id="photo_original",
        responses={(200, kind.content_type): BINARY for kind in FORMATS.values()},
    )
    def get(self, request: Request, photo_id: UUID) -> FileResponse:
        """Download it."""
        photo = get_object_or_404(Photo.objects.visible_to(request.user), pk=photo_id)
        kind = FORMATS[photo.format]
        answer = FileResponse(
            services.open_original(photo),
            as_attachment=True,
            filename=f"photo-{photo.pk.hex[:8]}.{kind.extension}",
            content_type=kind.content_type,
        )
        answer["Cache-Control"] = "private, no-store"
        answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
