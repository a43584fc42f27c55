"""What is asked before anything else: who may do it, and whether a password is good enough."""

from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from biologidex.accounts import errors
from biologidex.accounts.models import User
from biologidex.core.errors import Forbidden

LONGEST_PASSWORD = 1000  # room for any sentence; more is somebody keeping the server busy


@sensitive_variables("password")
def refuse_weak(password: str, *, of: User) -> None:
    """Raise WeakPassword, with what is wrong with it."""
    if len(password) > LONGEST_PASSWORD:
        raise errors.WeakPassword(
            _("Passwords have at most %d characters.") % LONGEST_PASSWORD, field="password"
        )
    try:
        validate_password(password, of)
    except ValidationError as error:
        raise errors.WeakPassword(" ".join(error.messages), field="password") from error


def hold(person_id: UUID) -> User:
    """Keep an account to oneself for the rest of the transaction, so that things of one person happen in turn.

    Raises AccountClosed if they have left. So whoever closes an account knows: what is not in the database by then
    will never be, and whoever has written a file for it is told to remove it.
    """
    # Rows that point at the account can still be added meanwhile.
    person = User.objects.select_for_update(no_key=True).filter(pk=person_id, is_active=True).first()
    if person is None:
        raise errors.AccountClosed(_("This account has been closed."))
    return person


def refuse_others(*, by: User, person: User) -> None:
    """Raise Forbidden unless it is oneself: nobody changes somebody else's account, staff included."""
    if person.pk != by.pk:
        raise Forbidden(_("Only you can change your account, and only yours."))
