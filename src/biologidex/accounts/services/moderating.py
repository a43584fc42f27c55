"""What staff do about people: let somebody in no more, for now; and who is staff."""

from django.db import transaction
from django.utils.translation import gettext as _

from biologidex.accounts.models import StaffWord, User
from biologidex.accounts.services.sessions import end_all_sessions
from biologidex.core import audit, jobs
from biologidex.core.errors import Conflict, Forbidden


@transaction.atomic
def suspend(*, by: User, person: User, reason: str) -> None:
    """Let nobody in by this account, and show nothing of it to others, until that is lifted. Nothing is erased."""
    audit.refuse_others(by)
    if person.pk == by.pk:
        raise Forbidden(_("You cannot suspend yourself."))
    standing = User.objects.select_for_update().get(pk=person.pk)
    if standing.is_staff and not by.is_superuser:
        raise Forbidden(_("Only somebody who may do everything suspends staff."))
    if standing.closed_at:
        raise Conflict(_("This account is being erased."))
    standing.is_active = False
    standing.save(update_fields=["is_active"])
    end_all_sessions(of=standing)
    audit.record(by=by, action="person.suspend", kind="person", pk=standing.pk, reason=reason)


@transaction.atomic
def warn(*, by: User, person: User, words: str) -> StaffWord:
    """Tell somebody what they must not do here again, on a page and by mail."""
    audit.record(by=by, action="person.warn", kind="person", pk=person.pk, reason=words)
    word = StaffWord.objects.create(person=person, words=words.strip())
    jobs.enqueue("accounts.mail_staff_word", user_id=str(person.pk), word_id=str(word.pk))
    return word


@transaction.atomic
def lift(*, by: User, person: User, reason: str) -> None:
    """Let somebody in again who was suspended."""
    audit.refuse_others(by)
    standing = User.objects.select_for_update().get(pk=person.pk)
    if standing.closed_at:
        raise Conflict(_("This account is being erased."))
    standing.is_active = True
    standing.save(update_fields=["is_active"])
    audit.record(by=by, action="person.lift", kind="person", pk=standing.pk, reason=reason)
