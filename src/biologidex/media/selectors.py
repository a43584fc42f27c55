"""Reads of photos that more than one caller needs."""

from typing import Any

from biologidex.accounts.models import User
from biologidex.media.models import Photo


def export_for(person: User) -> dict[str, Any]:
    """Return what is kept of a person's photos, for themselves. The files: `services.open_original`."""
    columns = [
        field.attname for field in Photo._meta.concrete_fields if field.name not in {"owner", "original"}
    ]
    return {"photos": list(Photo.objects.filter(owner=person).order_by("created_at", "pk").values(*columns))}
