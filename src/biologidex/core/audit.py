"""What those who run the server do, written down where nobody can change it.

    audit.record(by=staff, action="card.hide", kind="card", pk=entry.pk, reason="It shows a person.")

Call it in the transaction of what it tells of: neither is there without the other.
"""

from typing import Any, Protocol

from django.utils.translation import gettext as _

from biologidex.core.errors import Forbidden, Invalid
from biologidex.core.models import AuditEntry

COMMAND_LINE = "command line"
REASON_LENGTH, TARGET_LENGTH = 500, 200


class Actor(Protocol):
    """Somebody who may act: a user, as far as this module wants to know."""

    pk: Any
    is_staff: bool
    is_active: bool


def refuse_others(by: Actor) -> None:
    """Raise Forbidden for whoever does not run this server."""
    if not (by.is_staff and by.is_active):
        raise Forbidden(_("Only those who run this server may do that."))


def record(
    *,
    by: Actor | None,
    action: str,
    kind: str,
    pk: object = "",
    target: str = "",
    reason: str,
    **details: Any,
) -> AuditEntry:
    """Write down what somebody of the staff does, with a reason; others are refused.

    None stands for whoever sits at the server's command line.
    """
    if by is not None:
        refuse_others(by)
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Please say why: it is written down."), field="reason")
    if len(reason) > REASON_LENGTH:
        raise Invalid(_("Please say it in 500 characters at most."), field="reason")
    return AuditEntry.objects.create(
        actor_id=str(by.pk) if by else COMMAND_LINE,
        action=action,
        target_kind=kind,
        target_id=str(pk),
        target=target[:TARGET_LENGTH],
        reason=reason.replace("\0", " "),
        details=details,
    )
