"""Links to a card for people without an account: made, ended, forgotten."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from biologidex.accounts.models import User
from biologidex.core import audit
from biologidex.core.errors import Conflict, Forbidden, NotFound
from biologidex.dex.errors import BadFind
from biologidex.dex.models import DexEntry, ShareLink
from biologidex.dex.selectors.shared import digest_of

DAYS = (1, 7, 30, 90)  # how long a link may lead to its card
USUAL_DAYS = 7
MOST_OPEN = 100  # links of one person
REMEMBERED = timedelta(days=90)  # for which whoever has an old link is told that it has ended
TOKEN_BYTES = 32


def share(
    *, by: User, entry: DexEntry, days: int = USUAL_DAYS, tells_place: bool = False, tells_notes: bool = False
) -> tuple[ShareLink, str]:
    """Make a link to one's card. Returns it with its token, which is told now and never again.

    It shows the card to whoever has it, whoever may see the card otherwise.
    """
    if entry.owner_id != by.pk:
        raise Forbidden(_("Only its owner can share a card."))
    if days not in DAYS:
        raise BadFind(_("A link lasts %(days)s days.") % {"days": ", ".join(map(str, DAYS))}, field="days")
    # Not in `changing`: nothing that anybody else is told of the dex changes by it.
    with transaction.atomic():
        if not DexEntry.objects.select_for_update().filter(pk=entry.pk).exists():
            raise NotFound(_("This card is not in your dex any more."))
        now = timezone.now()
        links = ShareLink.objects.filter(entry__owner=by)
        if links.filter(revoked_at=None, expires_at__gt=now).count() >= MOST_OPEN:
            raise Conflict(_("You have %(count)s open links. End one of them first.") % {"count": MOST_OPEN})
        token = secrets.token_urlsafe(TOKEN_BYTES)
        link = ShareLink.objects.create(
            entry=entry,
            digest=digest_of(token),
            tells_place=tells_place,
            tells_notes=tells_notes,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        shown = {"days": days, "tells_place": tells_place, "tells_notes": tells_notes}
        audit.note(by.pk, "card.share", kind="card", pk=entry.pk, link=str(link.pk), **shown)
    return link, token


@transaction.atomic
def end_link(*, by: User, link_id: UUID) -> ShareLink:
    """End one of one's links: from now on it leads nowhere. Ending it again changes nothing."""
    mine = ShareLink.objects.filter(entry__owner=by, pk=link_id)
    is_ended = mine.filter(revoked_at=None).update(revoked_at=timezone.now())
    link = mine.first()
    if link is None:
        raise NotFound(_("There is no such link."))
    if is_ended:
        audit.note(by.pk, "card.unshare", kind="card", pk=link.entry_id, link=str(link.pk))
    return link


def forget_links() -> int:
    """Forget links that ended long ago, of all people. Returns how many."""
    long_ago = timezone.now() - REMEMBERED
    ended = ShareLink.objects.filter(Q(expires_at__lt=long_ago) | Q(revoked_at__lt=long_ago))
    return ended.delete()[0]
