"""What was done that somebody may have to answer for, written down where nobody can change it.

    audit.record(by=staff, action="card.hide", kind="card", pk=entry.pk, reason="It shows a person.")
    audit.note(person.pk, "account.password", kind="person", pk=person.pk)

`record` is for those who run the server, who have to say why; `note` for what people do with what is theirs, and for
what the server does by itself. Both are called in the transaction of what they tell of: neither is there without the
other. What goes in names people by id and says no address, no place and nothing that anybody wrote about an animal.
Who is whose friend, and who has blocked whom, is not in it at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from django.utils.translation import gettext as _

from biologidex.core.errors import Forbidden, Invalid
from biologidex.core.models import AuditEntry

COMMAND_LINE, SERVER = "command line", "server"  # who is nobody with an id
REASON_LENGTH, TARGET_LENGTH = 500, 200
_stead: ContextVar[str | None] = ContextVar("stead", default=None)


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


@contextmanager
def done_by(who: object) -> Iterator[None]:
    """Within the block somebody else does what services note of people: staff, or whoever sits at the server."""
    mark = _stead.set(str(who))
    try:
        yield
    finally:
        _stead.reset(mark)


def note(who: object, action: str, *, kind: str, pk: object, **details: Any) -> AuditEntry:
    """Write down what a person, told by id, does with what is theirs. COMMAND_LINE and SERVER have no id."""
    return AuditEntry.objects.create(
        actor_id=_stead.get() or str(who), action=action, target_kind=kind, target_id=str(pk), details=details
    )
