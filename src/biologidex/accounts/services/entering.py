"""Proving who one is."""

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from biologidex.accounts import errors
from biologidex.accounts.models import User
from biologidex.accounts.services.failures import Failures
from biologidex.core import audit


@sensitive_variables("password")
def sign_in(*, name: str, password: str, address: str) -> User:
    """Return the person with this user name or e-mail address and this password.

    Raises WrongCredentials, and TooManyFailures when that happened too often for this name from this address.
    Neither the answer nor the time it takes tells whether the name exists. Only whoever knows the password is told
    that the e-mail address has to be confirmed first, and only by the user name: by the address, that would tell
    whether it had been free when an account was asked for with it.
    """
    user, is_address = _named(name), "@" in name
    failures = Failures(name, address)
    failures.refuse_too_many()
    if user is None:
        make_password(password)  # as much work as looking a password up
    elif user.check_password(password) and user.is_active and not (is_address and _waits(user)):
        failures.forget()
        if _waits(user):
            raise errors.EmailUnconfirmed(_("Please open the link in the mail that we sent to you first."))
        if user.is_staff:
            audit.note(user.pk, "staff.sign-in", kind="person", pk=user.pk)
        return user
    failures.add()
    if is_address and settings.EMAIL_VERIFICATION:
        raise errors.WrongCredentials(
            _(
                "The address or the password is wrong, or the link in the mail that we sent has not been opened yet."
            )
        )
    raise errors.WrongCredentials(_("The name or the password is wrong."))


def _waits(user: User) -> bool:
    return settings.EMAIL_VERIFICATION and not user.email_confirmed


@sensitive_variables("password")
def prove(person: User, password: str, *, address: str, field: str = "password") -> None:
    """Make sure that whoever is signed in as this person is this person, before something that cannot be undone.

    Raises WrongPassword; wrong ones count as they do at the door for the user name.
    """
    failures = Failures(person.username, address)
    failures.refuse_too_many()
    if not person.check_password(password):
        failures.add()
        raise errors.WrongPassword(_("This is not your password."), field=field)


def _named(name: str) -> User | None:
    if not name.isprintable():  # some databases refuse to be asked for control characters
        return None
    try:
        return User.objects.get_by_natural_key(name)
    except User.DoesNotExist:
        return None
