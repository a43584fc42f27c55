"""Where the files of photos lie. The only place that opens them."""

import io
import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import IO
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from biologidex.media.developed import DEX, PNG_END, VARIANTS, extension_of
from biologidex.media.errors import NoSuchPicture
from biologidex.media.formats import Format

log = logging.getLogger(__name__)
ROOT = "photos"


def folder_of(photo_id: UUID) -> str:
    """Return the folder of one photo. Its id cannot be guessed; two of its digits keep folders small."""
    return f"{ROOT}/{photo_id.hex[:2]}/{photo_id}"


def variant_name(photo_id: UUID, variant: str) -> str:
    """Return the name of a picture made from a photo, or raise NoSuchPicture: originals have no such name."""
    if variant not in VARIANTS and variant != DEX:
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


def open_png(photo_id: UUID) -> IO[bytes] | None:
    """Open a photo's PNG; None if there is none, or only the beginning of one that somebody writes or wrote."""
    try:
        kept = open_file(variant_name(photo_id, DEX))
    except NoSuchPicture:
        return None
    kept.seek(max(0, kept.seek(0, io.SEEK_END) - len(PNG_END)))
    is_whole = kept.read() == PNG_END
    kept.seek(0)
    if is_whole:
        return kept
    kept.close()
    return None


def keep_png(photo_id: UUID, content: bytes) -> None:
    """Write a photo's PNG in place of any other. Where several do so at once, one of them is kept."""
    name = variant_name(photo_id, DEX)
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
    folder = folder_of(photo_id)
    try:
        for name in files_of(photo_id):
            default_storage.delete(f"{folder}/{name}")
        default_storage.delete(folder)
    except OSError as error:
        log.warning("files of photo %s stay for now: %s", photo_id, error.strerror)


def files_of(photo_id: UUID) -> list[str]:
    """Return the names of a photo's files; none if there is no folder."""
    with suppress(FileNotFoundError):
        return default_storage.listdir(folder_of(photo_id))[1]
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
