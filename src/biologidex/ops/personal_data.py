"""All that is kept of a person: as an archive for themselves, and its end."""

import json
import shutil
import zipfile
from typing import IO, Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from biologidex.accounts import selectors as accounts
from biologidex.accounts import services as account_services
from biologidex.accounts.models import User
from biologidex.core import audit, jobs
from biologidex.dex import selectors as dex
from biologidex.dex.exchange import services as exchange
from biologidex.media import selectors as media
from biologidex.media import services as media_services
from biologidex.media.errors import NoSuchPicture
from biologidex.media.models import Photo
from biologidex.social import selectors as social
from biologidex.vision import selectors as vision

PARTS = {
    "account": accounts.export_for,
    "social": social.export_for,
    "media": media.export_for,
    "vision": vision.export_for,
    "dex": dex.export_for,
}


def told_of(person: User) -> dict[str, Any]:
    """Return what every part of the product says of a person, to be shown to that person alone."""
    return {name: part(person) for name, part in PARTS.items()}


def write_archive(person: User, to: IO[bytes]) -> None:
    """Write a ZIP with all that is kept of a person: `account.json`, and each photo as it came."""
    audit.note(person.pk, "account.export", kind="person", pk=person.pk)
    with zipfile.ZipFile(to, "w") as archive:  # photos are compressed already
        told = json.dumps(told_of(person), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        archive.writestr("account.json", told, zipfile.ZIP_DEFLATED)
        for photo in Photo.objects.filter(owner=person).exclude(original="").iterator():
            _add(archive, photo)


def _add(archive: zipfile.ZipFile, photo: Photo) -> None:
    try:
        original = media_services.open_original(photo)
    except NoSuchPicture:  # what is lost here must not keep a person from the rest
        archive.writestr(f"photos/{photo.pk}.missing.txt", "This photo's file is missing on the server.\n")
        return
    kind = str(photo.original.name).rpartition(".")[2]
    with original, archive.open(f"photos/{photo.pk}.{kind}", "w", force_zip64=True) as file:
        shutil.copyfileobj(original, file)


def erase(*, user_id: UUID) -> None:
    """Erase a closed account: files first, since nothing finds them once the rows are gone. Safe to repeat."""
    if User.objects.filter(pk=user_id, closed_at=None).exists():
        return
    media_services.remove_files(owner_id=user_id)
    exchange.remove_files(owner_id=user_id)
    with transaction.atomic():
        account_services.erase_account(user_id=user_id)
        jobs.forget(user_id=str(user_id))
