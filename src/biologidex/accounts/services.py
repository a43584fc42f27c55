"""Every write to a person, and the one door through which pages and programs sign in."""

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.views.decorators.debug import sensitive_variables

from biologidex.accounts import errors
from biologidex.accounts.models import User
from biologidex.core.errors import Unavailable
from biologidex.core.throttling import Count

LONGEST_PASSWORD = 1000  # room for any sentence; more is somebody keeping the server busy
FRIEND_CODE_ATTEMPTS = 3  # of a million million codes one is free


@sensitive_variables("password")
def sign_up(*, username: str, email: str, password: str) -> User:
    """Make an account with its profile and friend code. Of two people who want one name, one gets it.

    Raises an error that names the field when a detail cannot be accepted or is taken.
    """
    wanted = User(username=username.strip(), email=email.strip().lower())
    _refuse_bad_details(wanted)
    _refuse_weak(password, of=wanted)
    _refuse_taken(wanted)
    for _ in range(FRIEND_CODE_ATTEMPTS):
        try:
            return User.objects.create_user(wanted.username, wanted.email, password)
        except IntegrityError:
            _refuse_taken(wanted)  # somebody was faster; if not, it was the friend code: try another
    raise Unavailable("The account could not be made just now. Please try again.")


def _refuse_bad_details(user: User) -> None:
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise errors.BadDetails(" ".join(sentences), field=field) from error


@sensitive_variables("password")
def _refuse_weak(password: str, *, of: User) -> None:
    if len(password) > LONGEST_PASSWORD:
        raise errors.WeakPassword(f"Passwords have at most {LONGEST_PASSWORD} characters.", field="password")
    try:
        validate_password(password, of)
    except ValidationError as error:
        raise errors.WeakPassword(" ".join(error.messages), field="password") from error


def _refuse_taken(user: User) -> None:
    if User.objects.filter(Exact(Lower("email"), user.email)).exists():
        raise errors.EmailTaken("There is already an account with this e-mail address.", field="email")
    if User.objects.filter(Exact(Lower("username"), user.username.lower())).exists():
        raise errors.NameTaken("This user name is taken. Please choose another one.", field="username")


@sensitive_variables("password")
def sign_in(*, name: str, password: str, address: str) -> User:
    """Return the person with this user name or e-mail address and this password.

    Raises WrongCredentials, and TooManyFailures when that happened too often for this name from this address.
    Neither the answer nor the time it takes tells whether the name exists.
    """
    user = _named(name)
    failures = Count(
        "sign-in",
        (str(user.pk) if user else name.strip().lower(), address),
        allowed=settings.LOGIN_FAILURES_ALLOWED,
    )
    if seconds := failures.wait():
        raise errors.TooManyFailures(
            f"Too many wrong passwords. Please try again in {-(-seconds // 60)} minutes.", retry_after=seconds
        )
    if user is None:
        make_password(password)  # as much work as looking a password up
    elif user.check_password(password) and user.is_active:
        failures.forget()
        return user
    failures.add()
    raise errors.WrongCredentials("The name or the password is wrong.")


def _named(name: str) -> User | None:
    if not name.isprintable():  # some databases refuse to be asked for control characters
        return None
    try:
        return User.objects.get_by_natural_key(name)
    except User.DoesNotExist:
        return None
