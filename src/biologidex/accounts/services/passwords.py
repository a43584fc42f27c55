"""A new password: by the old one, or by a mail to whoever has forgotten it."""

from uuid import UUID

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.http import urlsafe_base64_decode
from django.views.decorators.debug import sensitive_variables

from biologidex.accounts import errors
from biologidex.accounts.models import User
from biologidex.accounts.services.entering import prove
from biologidex.accounts.services.failures import Failures
from biologidex.accounts.services.sessions import end_all_sessions
from biologidex.accounts.services.standing import refuse_weak
from biologidex.core import audit, jobs
from biologidex.core.throttling import spend


@sensitive_variables("old", "new")
def change_password(*, by: User, old: str, new: str, address: str, keep: UUID | str | None = None) -> None:
    """Give oneself another password. Every other sign-in ends; `keep` is the one that asked."""
    prove(by, old, address=address, field="old_password")
    refuse_weak(new, of=by)
    with transaction.atomic():
        by.set_password(new)
        by.save(update_fields=["password"])
        end_all_sessions(of=by, but=keep)
        audit.note(by.pk, "account.password", kind="person", pk=by.pk, way="old password")


@transaction.atomic
def ask_reset(*, email: str) -> None:
    """Have a link to a new password mailed to whoever has this address.

    The same is done whether anybody has it or not, so that neither answer nor time tells: one look, one job.
    """
    spend("password_mail", email.strip().lower())
    user = User.objects.with_email(email).filter(is_active=True).first()
    jobs.enqueue("accounts.mail_reset", user_id=str(user.pk) if user else "")


def reset_works(*, uid: str, token: str) -> bool:
    """Whether the link of a mail can still be used."""
    return _whose(uid, token) is not None


@sensitive_variables("password", "token")
def reset_password(*, uid: str, token: str, password: str, address: str) -> User:
    """Give a new password to whoever got the mail. The link works once, and every sign-in ends."""
    with transaction.atomic():
        user = _whose(uid, token, locked=True)
        if user is None:
            raise errors.StaleLink(errors.STALE_LINK)
        refuse_weak(password, of=user)
        user.set_password(password)
        user.email_confirmed = True  # the link was read in a mail to this address
        user.save(update_fields=["password", "email_confirmed"])
        end_all_sessions(of=user)
        audit.note(user.pk, "account.password", kind="person", pk=user.pk, way="mail")
    for name in (user.username, user.email):
        Failures(name, address).forget()
    return user


@sensitive_variables("token")
def _whose(uid: str, token: str, *, locked: bool = False) -> User | None:
    people = User.objects.filter(is_active=True)
    if locked:  # of two who use one link at once, one is too late
        people = people.select_for_update()
    try:
        user = people.filter(pk=UUID(bytes=urlsafe_base64_decode(uid))).first()
    except (ValueError, ValidationError):
        return None
    return user if user and default_token_generator.check_token(user, token) else None
