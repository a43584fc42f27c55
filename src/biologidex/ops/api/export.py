"""All that is kept of a person, for programs."""

import tempfile
from typing import cast

from django.conf import settings
from django.http import FileResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from biologidex.accounts.models import User
from biologidex.core.api import FileView
from biologidex.core.schema import BINARY
from biologidex.ops import personal_data


class Export(FileView):
    """GET users/me/export/."""

    rate = "export"

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
