"""Large photos over bad connections: begun once, sent in pieces, gone on with after any interruption.

Nothing of it is kept in a process: the row says how far an upload is, and its lock who is first. So any server on the
same database and storage can take the next piece.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import IO

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from biologidex.accounts import services as accounts
from biologidex.accounts.models import User
from biologidex.core.errors import Forbidden, NotFound
from biologidex.media import storage
from biologidex.media.errors import (
    NoDirectUploads,
    NothingArrived,
    PhotoAltered,
    PhotoRefused,
    PhotoTooLarge,
    TooManyUploads,
    UploadClosed,
    UploadNotComplete,
    UploadTooLarge,
    WrongOffset,
)
from biologidex.media.limits import MEGABYTE, most_bytes, most_in_pieces
from biologidex.media.models import Photo, UploadPiece, UploadSession
from biologidex.media.services.photos import check_room, store_photo, stored_bytes, surely_none

Way = UploadSession.Way
LASTS = timedelta(hours=24)
LEAVE_SECONDS = 3600  # how long the storage takes a direct upload: a slow phone needs long for 100 MB
MOST_OPEN = 20  # of one person
BLOCK = 256 * 1024


@transaction.atomic
def begin_upload(*, by: User, size: int, sha256: str = "", way: str = Way.PIECES) -> UploadSession:
    """Announce a file. Announced again with the same SHA-256 while it is on its way, it is the same upload."""
    accounts.hold(by.pk)  # one after the other, so that together they stay within bounds
    for old in UploadSession.objects.expired().filter(owner=by):
        _drop(old)
    if size > most_in_pieces():
        told = {"most": most_in_pieces() // MEGABYTE}
        raise UploadTooLarge(
            _("At most %(most)s MB are taken. Please send a smaller photo.") % told, field="size"
        )
    mine = UploadSession.objects.unfinished().filter(owner=by)
    same = mine.filter(size=size, sha256=sha256, way=way).first() if sha256 else None
    if same:
        return same
    if mine.count() >= MOST_OPEN:
        told = {"count": MOST_OPEN}
        raise TooManyUploads(
            _("You have begun %(count)s uploads. Finish or cancel one of them first.") % told
        )
    coming = mine.aggregate(total=Sum("size"))["total"] or 0
    check_room(stored_bytes(by) + coming + size, field="size")
    return UploadSession.objects.create(
        owner=by, way=way, size=size, sha256=sha256, expires_at=timezone.now() + LASTS
    )


def begin_direct_upload(*, by: User, size: int, sha256: str = "") -> tuple[UploadSession, storage.SignedPut]:
    """Announce a file that the storage itself will take. Returns the leave to write it there, for an hour."""
    with transaction.atomic():
        session = begin_upload(by=by, size=size, sha256=sha256, way=Way.DIRECT)
        leave = storage.signed_put(storage.direct_name(session.pk), size=size, seconds=LEAVE_SECONDS)
        if leave is None:
            raise NoDirectUploads(
                _("The storage of this server takes no direct uploads. Begin an upload in pieces instead.")
            )
    return session, leave


def append(*, by: User, session: UploadSession, offset: int, content: IO[bytes], length: int) -> int:
    """Keep the next piece. Returns the offset to go on from.

    Who sends it may be cut off: what has come until then counts. Of two who send the same piece one is first, and
    the other is told where to go on.
    """
    _own(by, session)
    _check_open(session, offset)
    most = min(most_bytes(), session.size - offset)
    if length > most:
        raise UploadTooLarge(_("This piece may have %(most)s bytes at most.") % {"most": most})
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as piece:
        size = _copied(content, piece, most)
        if not size:
            return offset
        name = storage.keep_piece(session.pk, offset, piece)
    try:
        return _appended(session, offset, name, size)
    except BaseException:
        if surely_none(UploadPiece.objects.filter(session=session.pk, name=name)):
            storage.remove_piece(name)
        raise


def _copied(content: IO[bytes], piece: IO[bytes], most: int) -> int:
    size = 0
    while block := content.read(min(BLOCK, most - size)):
        piece.write(block)
        size += len(block)
    piece.seek(0)
    return size


def _check_open(session: UploadSession, offset: int) -> None:
    if session.way != Way.PIECES or session.photo_id:
        raise UploadClosed(_("Nothing can be added to this upload."))
    if session.offset != offset:
        raise WrongOffset(session.offset)


@transaction.atomic
def _appended(session: UploadSession, offset: int, name: str, size: int) -> int:
    accounts.hold(session.owner_id)
    locked = UploadSession.objects.select_for_update().filter(pk=session.pk).first()
    if locked is None:
        raise NotFound(_("This upload was cancelled."))
    _check_open(locked, offset)
    UploadPiece.objects.create(session=locked, offset=offset, name=name)
    locked.offset = session.offset = offset + size
    locked.save(update_fields=["offset"])
    return locked.offset


@dataclass(frozen=True)
class Arrived:
    """What has come of an upload, put together while it is read."""

    size: int
    names: tuple[str, ...]

    def chunks(self) -> Iterator[bytes]:
        """Read it from beginning to end."""
        for name in self.names:
            with storage.open_file(name) as piece:
                while block := piece.read(BLOCK):
                    yield block


def finish_upload(*, by: User, session: UploadSession) -> Photo:
    """Make a photo of what has come. Finished again it is the same photo.

    What can never be a photo is removed at once. Call it outside a transaction, as `store_photo`.
    """
    _own(by, session)
    if session.photo:
        return session.photo
    try:
        arrived = _arrived(session)
        photo = store_photo(by=by, upload=arrived, most=session.size, expected=session.sha256)
    except NotFound:
        # Another request has just finished it, and what had come is gone; or it is gone for another reason.
        session = UploadSession.objects.select_related("photo").get(pk=session.pk)
        if session.photo:
            return session.photo
        cancel_upload(by=by, session=session)
        raise PhotoAltered from None
    except (PhotoRefused, PhotoTooLarge):
        cancel_upload(by=by, session=session)
        raise
    with transaction.atomic():
        UploadSession.objects.filter(pk=session.pk).update(photo=photo)
        UploadPiece.objects.filter(session=session.pk).delete()
        transaction.on_commit(lambda: storage.remove_upload(session.pk))
    return photo


def _arrived(session: UploadSession) -> Arrived:
    if session.way == Way.DIRECT:
        name = storage.direct_name(session.pk)
        size = storage.size_of(name)
        if size is None:
            raise NothingArrived(_("The storage has not got the photo yet. Send it there first."))
        if size != session.size:
            raise PhotoAltered
        return Arrived(size, (name,))
    if session.offset < session.size:
        raise UploadNotComplete(session.offset)
    return Arrived(session.size, tuple(session.pieces.order_by("offset").values_list("name", flat=True)))


@transaction.atomic
def cancel_upload(*, by: User, session: UploadSession) -> None:
    """Remove an upload with everything that has come. A photo that it has become stays."""
    _own(by, session)
    _drop(session)


def _drop(session: UploadSession) -> None:
    upload_id = session.pk
    session.delete()
    transaction.on_commit(lambda: storage.remove_upload(upload_id))


def _own(by: User, session: UploadSession) -> None:
    if session.owner_id != by.pk:
        raise Forbidden(_("Only the person who began an upload can go on with it."))


def sweep_uploads() -> int:
    """Remove the uploads that have expired, and files of uploads that are gone. Returns how many uploads went."""
    gone = 0
    for session in UploadSession.objects.expired():
        with transaction.atomic():
            _drop(session)
        gone += 1
    for upload_id in storage.upload_ids():
        if not UploadSession.objects.filter(pk=upload_id).exists():
            storage.remove_upload(upload_id)
    return gone
