"""Where the files of photos lie. The only place that opens them."""

import io
import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage

from biologidex.media.developed import DEX, JPEG_END, PNG_END, VARIANTS, extension_of
from biologidex.media.errors import NoSuchPicture
from biologidex.media.formats import Format

log = logging.getLogger(__name__)
ROOT, UPLOADS = "photos", "uploads"
PICTURES = (*VARIANTS, DEX)


def folder_of(photo_id: UUID) -> str:
    """Return the folder of one photo. Its id cannot be guessed; two of its digits keep folders small."""
    return f"{ROOT}/{photo_id.hex[:2]}/{photo_id}"


def variant_name(photo_id: UUID, variant: str) -> str:
    """Return the name of a picture made from a photo, or raise NoSuchPicture: originals have no such name."""
    if variant not in PICTURES:
        raise NoSuchPicture
    return f"{folder_of(photo_id)}/{variant}.{extension_of(variant)}"


def keep(photo_id: UUID, kind: Format, original: IO[bytes], variants: dict[str, bytes]) -> str:
    """Write every file of a photo, or none. Returns the original's name."""
    keep_variants(photo_id, variants)
    try:
        original.seek(0)
        return default_storage.save(f"{folder_of(photo_id)}/original.{kind.extension}", File(original))
    except BaseException:
        remove(photo_id)
        raise


def keep_variants(photo_id: UUID, variants: dict[str, bytes]) -> None:
    """Write the pictures made from a photo, or none of them."""
    try:
        for variant, content in variants.items():
            default_storage.save(variant_name(photo_id, variant), ContentFile(content))
    except BaseException:
        remove(photo_id)
        raise


def open_whole(photo_id: UUID, variant: str) -> IO[bytes] | None:
    """Open a picture; None if there is none, or only the beginning of one that somebody writes or wrote."""
    try:
        kept = default_storage.open(variant_name(photo_id, variant), "rb")
    except FileNotFoundError:
        return None
    end = PNG_END if variant == DEX else JPEG_END
    kept.seek(max(0, kept.seek(0, io.SEEK_END) - len(end)))
    is_whole = kept.read() == end
    kept.seek(0)
    if is_whole:
        return kept
    kept.close()
    return None


def keep_late(photo_id: UUID, pictures: dict[str, bytes]) -> None:
    """Write pictures that were missing when they were asked for. Where several do so at once, one of each is kept."""
    for variant, content in pictures.items():
        if there := open_whole(photo_id, variant):
            there.close()
            continue
        name = variant_name(photo_id, variant)
        default_storage.delete(name)
        kept = default_storage.save(name, ContentFile(content))
        if kept != name:
            default_storage.delete(kept)


def open_file(name: str) -> IO[bytes]:
    """Open a file for reading, or raise NoSuchPicture."""
    try:
        return default_storage.open(name, "rb")
    except FileNotFoundError as error:
        raise NoSuchPicture from error


def remove(photo_id: UUID) -> None:
    """Remove every file of a photo. What is already gone is no error; what cannot go, the sweep tries again."""
    _remove_folder(folder_of(photo_id))


def size_of_pictures(photo_id: UUID) -> int:
    """Return how many bytes the pictures made from a photo take."""
    names = [variant_name(photo_id, variant) for variant in PICTURES]
    return sum(size_of(name) or 0 for name in names)


def _remove_folder(folder: str) -> None:
    try:
        for name in _names_in(folder):
            default_storage.delete(f"{folder}/{name}")
        default_storage.delete(folder)
    except OSError as error:
        log.warning("files in %s stay for now: %s", folder, error.strerror)


def files_of(photo_id: UUID) -> list[str]:
    """Return the names of a photo's files; none if there is no folder."""
    return _names_in(folder_of(photo_id))


def _names_in(folder: str) -> list[str]:
    with suppress(FileNotFoundError):
        return default_storage.listdir(folder)[1]
    return []


def photo_ids() -> Iterator[UUID]:
    """Walk through the folders that hold photos."""
    with suppress(FileNotFoundError):
        for shelf in default_storage.listdir(ROOT)[0]:
            for folder in default_storage.listdir(f"{ROOT}/{shelf}")[0]:
                with suppress(ValueError):  # nothing of ours
                    yield UUID(folder)


def newest_change(photo_id: UUID) -> datetime:
    """Return when the last of a photo's files was written, or its folder made if it is empty."""
    folder = folder_of(photo_id)
    names = [f"{folder}/{name}" for name in files_of(photo_id)]
    return max(default_storage.get_modified_time(name) for name in names or [folder])


# --- what is on its way -----------------------------------------------------------------------


def direct_name(upload_id: UUID) -> str:
    """Return the name under which the storage itself takes a file."""
    return f"{UPLOADS}/{upload_id}/direct"


def keep_piece(upload_id: UUID, offset: int, content: IO[bytes]) -> str:
    """Write a piece of a file. Returns the name that it got: another one each time, so none is ever overwritten."""
    return default_storage.save(f"{UPLOADS}/{upload_id}/{offset}-{uuid4().hex[:8]}", File(content))


def remove_piece(name: str) -> None:
    """Remove a piece that does not count. If it cannot go now, it goes with the upload."""
    with suppress(OSError):
        default_storage.delete(name)


def size_of(name: str) -> int | None:
    """Return how many bytes a file has, None if there is none."""
    try:
        return default_storage.size(name) if default_storage.exists(name) else None
    except FileNotFoundError:
        return None


def remove_upload(upload_id: UUID) -> None:
    """Remove everything that has come of an upload."""
    _remove_folder(f"{UPLOADS}/{upload_id}")


def upload_ids() -> Iterator[UUID]:
    """Walk through the folders of what is on its way."""
    with suppress(FileNotFoundError):
        for folder in default_storage.listdir(UPLOADS)[0]:
            with suppress(ValueError):  # nothing of ours
                yield UUID(folder)


@dataclass(frozen=True)
class SignedPut:
    """Leave to write one file of one size into the storage, without this server in between."""

    url: str
    headers: dict[str, str]


def signed_put(name: str, *, size: int, seconds: int) -> SignedPut | None:
    """Return leave to write a file for so many seconds; None where the storage gives none."""
    sign = getattr(default_storage, "signed_put", None)  # a bucket has it, a folder does not
    return SignedPut(*sign(name, size=size, seconds=seconds)) if sign else None


def try_out() -> None:
    """Write a file, read it and remove it. Raises whatever keeps that from working. Makes no data folder for it."""
    if isinstance(default_storage, FileSystemStorage):
        settings.DATA_DIR.stat()
    content = uuid4().hex.encode()
    name = default_storage.save(f"{UPLOADS}/probe-{uuid4()}", ContentFile(content))
    try:
        with default_storage.open(name) as kept:
            if kept.read() != content:
                raise OSError("The storage gives back something else than it was given.")
    finally:
        default_storage.delete(name)
