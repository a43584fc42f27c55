"""Notes of what was done to a card, written in the transaction that does it."""

from dataclasses import fields
from datetime import datetime

from biologidex.dex.details import Details
from biologidex.dex.models import DexEntry, EntryChange

Kind = EntryChange.Kind
DETAILS = [one.name for one in fields(Details) if one.name not in {"unsaid", "is_favorite"}]


def note(entry: DexEntry, kind: str, moment: datetime, *, before: str = "", after: str = "") -> None:
    """Note that this was done."""
    EntryChange.objects.create(entry=entry, kind=kind, at=moment, before=before, after=after)


def note_details(entry: DexEntry, moment: datetime, *, before: Details, after: Details) -> None:
    """Note which details changed, if any did. What they were is not kept: whoever clears a place means it."""
    changed = [name for name in DETAILS if getattr(before, name) != getattr(after, name)]
    if changed:
        EntryChange.objects.create(entry=entry, kind=Kind.EDITED, at=moment, fields=",".join(changed))
