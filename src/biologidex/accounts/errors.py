"""What can go wrong between a person and their account."""

from biologidex.core.errors import Forbidden, Invalid, TooMany, Unauthenticated, gettext_noop

EMAIL_TAKEN = gettext_noop("There is already an account with this e-mail address.")
STALE_LINK = gettext_noop("This link does not work any more. Please ask for a new one.")


class BadDetails(Invalid):
    """A user name or e-mail address that cannot be one."""


class NameTaken(Invalid):
    """Somebody else has this user name."""

    code = "name_taken"


class EmailTaken(Invalid):
    """There is an account with this e-mail address."""

    code = "email_taken"


class WeakPassword(Invalid):
    """A password that would soon be guessed, or is too long to be one."""

    code = "weak_password"


class WrongCredentials(Unauthenticated):
    """No such name, not its password, or an account that was closed: which of them is never said."""

    code = "wrong_credentials"


class WrongPassword(Invalid):
    """Whoever is signed in does not know the password."""

    code = "wrong_password"


class EmailUnconfirmed(Forbidden):
    """The password is right, but the mail to this account's address has not been read yet."""

    code = "email_unconfirmed"


class AccountClosed(Unauthenticated):
    """The person has left while something of theirs was under way."""

    code = "account_closed"


class StaleLink(Invalid):
    """A link from a mail that was used, has expired, was replaced or never ours."""

    code = "stale_link"


class StaleToken(Unauthenticated):
    """A token that has expired or was never ours, or whose sign-in has ended."""

    code = "token_not_valid"


class TooManyFailures(TooMany):
    """Too many wrong passwords for this name from this address."""

    code = "too_many_failures"
