"""Everything a person's dex says, for that person."""

from typing import Any

from django.db.models import F

from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry, EntryChange, EntryPhoto, ImportRow, ImportRun, Reaction, ShareLink


def export_for(person: User) -> dict[str, Any]:
    """Return a person's cards with all they say, which photos are on them, and the files they sent."""
    columns = [field.attname for field in DexEntry._meta.concrete_fields if field.name != "owner"]
    animal = {"number": F("animal__creation_index"), "scientific_name": F("animal__taxon__scientific_name")}
    cards = DexEntry.objects.filter(owner=person).order_by("created_at", "pk")
    photos = EntryPhoto.objects.filter(entry__owner=person).order_by("added_at", "pk")
    runs = ImportRun.objects.filter(owner=person).order_by("created_at", "pk")
    lines = ImportRow.objects.filter(run__owner=person).order_by("run__created_at", "number")
    words = Reaction.objects.filter(person=person).order_by("created_at", "pk")
    links = ShareLink.objects.filter(entry__owner=person).order_by("created_at", "pk")
    told_of_links = ("entry_id", "tells_place", "tells_notes", "created_at", "expires_at", "revoked_at")
    changes = EntryChange.objects.filter(entry__owner=person).order_by("at", "pk")
    return {
        "reactions": list(words.values("entry_id", "kind", "created_at")),
        "cards": list(cards.values(*columns, **animal)),
        "photos_on_cards": list(photos.values("entry_id", "photo_id", "job_id", "added_at")),
        "changes": list(changes.values("entry_id", "kind", "at", "before", "after", "fields")),
        "share_links": list(links.values(*told_of_links)),
        "imports": list(runs.values("id", "kind", "filename", "state", "total", "created_at")),
        "imported_lines": list(lines.values("run_id", "line", "outcome", "name", "message", "entry_id")),
    }
