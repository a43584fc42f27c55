"""What friends think of a card, and what somebody reports of one."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from biologidex.accounts.models import User
from biologidex.core.errors import NotFound
from biologidex.dex.errors import BadReaction
from biologidex.dex.models import DexEntry, Reaction
from biologidex.social import services as social
from biologidex.social.models import Notification, Report
from biologidex.social.selectors import friend_ids

NO_CARD = gettext_noop("There is no such card.")


def react(*, by: User, entry: DexEntry, kind: str) -> Reaction | None:
    """Leave a word on a friend's card, another instead of it, or none (blank). One's own card takes none.

    Its owner is told of the first word only: whoever changes their mind often does not ring often.
    """
    if kind and kind not in Reaction.Kind.values:
        raise BadReaction(_("There is no such reaction."))
    seen = DexEntry.objects.visible_to(by).filter(owner__in=friend_ids(by), pk=entry.pk)
    if not seen.exists():
        raise NotFound(NO_CARD)
    if not kind:
        Reaction.objects.filter(entry=entry, person=by).delete()
        return None
    reaction, _new = Reaction.objects.update_or_create(entry=entry, person=by, defaults={"kind": kind})
    social.notify(person_id=entry.owner_id, kind=Notification.Kind.REACTION, actor=by, subject=entry.pk)
    return reaction


def report_card(*, by: User, entry: DexEntry, reason: str, words: str = "") -> tuple[Report, bool]:
    """Report a card that one sees to whoever runs the server, with what it says now."""
    seen = DexEntry.objects.visible_to(by).select_related("owner", "animal__taxon").filter(pk=entry.pk)
    card = seen.first()
    if card is None:
        raise NotFound(NO_CARD)
    quoted = f"{card.animal.creation_index}. {card.animal.taxon.scientific_name}\n{card.notes}".strip()
    return social.report(
        by=by, person=card.owner, reason=reason, words=words, entry_id=card.pk, quoted=quoted
    )
