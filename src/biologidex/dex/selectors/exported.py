"""Everything a person's dex says, for that person."""

from typing import Any

from django.db.models import F

from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry, EntryPhoto


def export_for(person: User) -> dict[str, Any]:
    """Return a person's cards with all they say, and which photos are on them."""
    columns = [field.attname for field in DexEntry._meta.concrete_fields if field.name != "owner"]
    animal = {"number": F("animal__creation_index"), "scientific_name": F("animal__taxon__scientific_name")}
    cards = DexEntry.objects.filter(owner=person).order_by("created_at", "pk")
    photos = EntryPhoto.objects.filter(entry__owner=person).order_by("added_at", "pk")
    return {
        "cards": list(cards.values(*columns, **animal)),
        "photos_on_cards": list(photos.values("entry_id", "photo_id", "job_id", "added_at")),
    }
