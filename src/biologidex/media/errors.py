"""Why a file is not taken as a photo. Every sentence tells the person what to do next."""

from collections.abc import Mapping

from biologidex.core import errors
from biologidex.core.errors import gettext_noop as _
from biologidex.media import sentences


class PhotoRefused(errors.Invalid):
    """The file can never be taken as it is."""

    code = "photo_refused"

    def __init__(
        self, sentence: str, *, field: str | None = "image", told: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(sentence, field=field, told=told)


class PhotoEmpty(PhotoRefused):
    """The file has no bytes."""

    code = "photo_empty"

    def __init__(self, sentence: str = sentences.EMPTY) -> None:
        super().__init__(sentence)


class NotAPhoto(PhotoRefused):
    """The bytes are something else, whatever the file is called."""

    code = "not_a_photo"


class PhotoHidesContent(PhotoRefused):
    """The bytes are a picture and, to another program, a page, a script or an archive."""

    code = "photo_hides_content"


class PhotoUnreadable(PhotoRefused):
    """The bytes begin as a photo, but no whole picture comes out of them."""

    code = "photo_unreadable"


class TooManyPixels(PhotoRefused):
    """The picture would need more memory than this server gives to one photo."""

    code = "too_many_pixels"


class PhotoTooLarge(errors.TooLarge):
    """The file has more bytes than this server takes."""

    code = "photo_too_large"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="image")


class PhotoAltered(PhotoRefused):
    """The bytes that came are not those that were announced."""

    code = "photo_altered"

    def __init__(self, sentence: str = sentences.ALTERED) -> None:
        super().__init__(sentence)


class QuotaExceeded(errors.TooLarge):
    """The person would keep more photos than this server gives room to one person."""

    code = "quota_exceeded"


class UploadTooLarge(errors.TooLarge):
    """The file that is announced, or the piece that is sent, has more bytes than are taken."""

    code = "upload_too_large"


class TooManyUploads(errors.Conflict):
    """The person has begun many uploads and finished none of them."""

    code = "too_many_uploads"


class WrongOffset(errors.Conflict):
    """The upload goes on from another byte than the one that was named. `offset` is the right one."""

    code = "wrong_offset"

    def __init__(self, offset: int) -> None:
        super().__init__(_("This upload goes on from byte %(offset)s."), told={"offset": offset})
        self.offset = offset


class UploadNotComplete(WrongOffset):
    """The upload cannot be finished yet: bytes are missing, from `offset` on."""

    code = "upload_not_complete"


class UploadClosed(errors.Conflict):
    """Nothing more can be added to the upload."""

    code = "upload_closed"


class NothingArrived(errors.Conflict):
    """The storage has not got the file yet."""

    code = "nothing_arrived"


class NoDirectUploads(errors.Conflict):
    """The storage cannot be written to by anybody else."""

    code = "no_direct_uploads"


class ImpossiblePlace(errors.Invalid):
    """The coordinates are nowhere on Earth."""

    code = "impossible_place"


class ImpossibleFraming(errors.Invalid):
    """The turn or the part asked for is none that a picture can have."""

    code = "impossible_framing"

    def __init__(
        self,
        sentence: str,
        *,
        field: str | None = "transformations",
        told: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(sentence, field=field, told=told)


class NoSuchPicture(errors.NotFound):
    """The address never opened a picture, or does so no longer."""

    def __init__(self) -> None:
        super().__init__(_("There is no such picture, or its address has expired. Load the page again."))


class DarkroomBusy(errors.Unavailable):
    """Every helper that reads photos is at work, and the wait was long."""

    code = "darkroom_busy"


REFUSALS: dict[str, type[PhotoRefused]] = {
    kind.code: kind for kind in (NotAPhoto, PhotoHidesContent, PhotoUnreadable, TooManyPixels)
}
