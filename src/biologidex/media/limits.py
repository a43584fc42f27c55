"""Bounds on what arrives: no request takes more room than MAX_UPLOAD_MB, whatever it says of itself."""

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MEGABYTE = 1_000_000


def most_bytes() -> int:
    """Return how many bytes one request may bring: a file, or a piece of one."""
    return int(settings.MAX_UPLOAD_MB) * MEGABYTE


def most_in_pieces() -> int:
    """Return how large a file may be that does not come in one request."""
    return max(int(settings.MAX_CHUNKED_MB) * MEGABYTE, most_bytes())


class BoundedUpload(FileUploadHandler):
    """Drops the bytes beyond the limit; name it first in FILE_UPLOAD_HANDLERS.

    In place of a file that is too large stands an empty one that tells its size. Raising here instead would end
    in a 500: the form is first read by the check against forged requests, outside every handler of errors.
    """

    seen = 0

    def new_file(self, *args: object, **details: object) -> None:
        """Start counting."""
        super().new_file(*args, **details)  # type: ignore[arg-type]
        self.seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:  # noqa: ARG002
        """Hand the bytes on, as long as they are within the limit."""
        self.seen += len(raw_data)
        return raw_data if self.seen <= most_bytes() else None

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":  # noqa: ARG002
        """Leave a file within the limit to the next handler."""
        if self.seen <= most_bytes():
            return None
        for handler in getattr(self.request, "upload_handlers", []):
            if handler is not self:
                handler.upload_interrupted()  # removes what it had kept so far
        return UploadedFile(ContentFile(b""), self.file_name, self.content_type, self.seen)
