"""The end of an account."""

from uuid import UUID

from django.contrib.sessions.models import Session as BrowserSession
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from biologidex.accounts.models import Session, User
from biologidex.accounts.services.entering import prove
from biologidex.accounts.services.sessions import end_all_sessions
from biologidex.accounts.services.standing import refuse_others
from biologidex.core import audit, jobs


@sensitive_variables("password")
def delete_account(*, by: User, person: User, password: str, address: str) -> None:
    """Close one's own account for good, after the password once more."""
    refuse_others(by=by, person=person)
    prove(by, password, address=address)
    close_account(person)


@transaction.atomic
def close_account(person: User) -> None:
    """Let nobody in or see anything of this account from now on, and have it erased.

    Its name and address are free for others once it is.
    """
    person.is_active = False
    person.closed_at = timezone.now()
    person.set_unusable_password()
    person.save(update_fields=["is_active", "closed_at", "password"])
    end_all_sessions(of=person)
    jobs.enqueue("ops.erase_account", user_id=str(person.pk))
    audit.note(person.pk, "account.close", kind="person", pk=person.pk)


@transaction.atomic
def erase_account(*, user_id: UUID) -> None:
    """Delete a closed account with every row that is the person's. What they have numbered keeps its number."""
    keys = Session.objects.filter(user=user_id).exclude(browser_key="").values("browser_key")
    BrowserSession.objects.filter(pk__in=keys).delete()
    if User.objects.filter(pk=user_id, closed_at__isnull=False).delete()[0]:
        audit.note(audit.SERVER, "account.erase", kind="person", pk=user_id)
