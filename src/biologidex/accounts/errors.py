"""What can go wrong between a person and their account."""

from biologidex.core.errors import Invalid, TooMany, Unauthenticated


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


class StaleToken(Unauthenticated):
    """A refresh token that has expired, was never ours, or whose account is gone."""

    code = "token_not_valid"


class TooManyFailures(TooMany):
    """Too many wrong passwords for this name from this address."""

    code = "too_many_failures"
