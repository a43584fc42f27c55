"""What staff do about cards that others should not see."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from biologidex.accounts.models import User
from biologidex.core import audit, identity
from biologidex.core.errors import NotFound
from biologidex.dex.changes import changing
from biologidex.dex.models import DexEntry
from biologidex.dex.services.cards import bury


@transaction.atomic
def hide_card(*, by: User, entry_id: UUID, reason: str) -> None:
    """Let nobody but its owner see a card, whatever it says about who may. Hiding it twice is hiding it once."""
    audit.refuse_others(by)
    with identity.everything():
        entry = _card(entry_id)
        with changing(entry.owner_id) as moment:
            if _card(entry_id).hidden_at is None:
                bury(entry, audience=entry.visibility, moment=moment)
                DexEntry.objects.filter(pk=entry_id).update(hidden_at=moment, touched_at=moment)
    _note(by, "card.hide", entry, reason)


@transaction.atomic
def show_card(*, by: User, entry_id: UUID, reason: str) -> None:
    """Let those see a card again who may by what it says."""
    audit.refuse_others(by)
    with identity.everything():
        entry = _card(entry_id)
        with changing(entry.owner_id) as moment:
            DexEntry.objects.filter(pk=entry_id).exclude(hidden_at=None).update(
                hidden_at=None, touched_at=moment, updated_at=moment
            )
    _note(by, "card.show", entry, reason)


def _card(entry_id: UUID) -> DexEntry:
    entry = DexEntry.objects.select_related("animal__taxon").filter(pk=entry_id).first()
    if entry is None:
        raise NotFound(_("This card is not here any more."))
    return entry


def _note(by: User, action: str, entry: DexEntry, reason: str) -> None:
    name = entry.animal.taxon.scientific_name
    audit.record(
        by=by, action=action, kind="card", pk=entry.pk, target=name, reason=reason, owner=str(entry.owner_id)
    )
