"""Reads of photos that more than one caller needs."""

from typing import Any
from uuid import UUID

from biologidex.accounts.models import User
from biologidex.media import looks
from biologidex.media.models import Photo


def lookalikes(photo: Photo) -> list[UUID]:
    """Return which other photos of its owner look the same: saved anew, made smaller, sent by a messenger."""
    if not photo.look:
        return []
    others = Photo.objects.filter(owner_id=photo.owner_id, parent=None).exclude(pk=photo.pk).exclude(look="")
    return [pk for pk, look in others.values_list("pk", "look") if looks.alike(look, photo.look)]


def export_for(person: User) -> dict[str, Any]:
    """Return what is kept of a person's photos, for themselves. The files: `services.open_original`."""
    columns = [
        field.attname for field in Photo._meta.concrete_fields if field.name not in {"owner", "original"}
    ]
    return {"photos": list(Photo.objects.filter(owner=person).order_by("created_at", "pk").values(*columns))}
