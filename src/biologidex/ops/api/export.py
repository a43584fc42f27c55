"""All that is kept of a person, for programs."""

import tempfile
from typing import Any, cast

from django.conf import settings
from django.http import FileResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from biologidex.accounts.models import User
from biologidex.core.schema import BINARY
from biologidex.ops import personal_data


class Export(APIView):
    """GET users/me/export/."""

    rate = "export"

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: ARG002
        """Answer with the archive whatever kinds the program says it prefers; only errors are JSON."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(
        tags=["accounts"], operation_id="export_account", responses={(200, "application/zip"): BINARY}
    )
    def get(self, request: Request) -> FileResponse:
        """Download all that is kept of oneself: `account.json`, and each photo as it came."""
        person = cast("User", request.user)
        file = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 -- the answer closes it
        try:
            personal_data.write_archive(person, file)
            size = file.tell()
            file.seek(0)
        except BaseException:
            file.close()
            raise
        answer = FileResponse(
            file,
            as_attachment=True,
            filename=f"biologidex-{person.username}.zip",
            content_type="application/zip",
        )
        answer["Content-Length"] = str(size)
        answer["Cache-Control"] = "private, no-store"
        return answer
