"""A new person."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from biologidex.accounts import errors
from biologidex.accounts.models import User
from biologidex.accounts.services.emails import mail_confirmation, refuse_taken_email
from biologidex.accounts.services.failures import Failures
from biologidex.accounts.services.standing import refuse_weak
from biologidex.core import jobs
from biologidex.core.errors import Unavailable
from biologidex.core.throttling import spend

FRIEND_CODE_ATTEMPTS = 3  # of a million million codes one is free
REPEATED = timedelta(minutes=5)  # a program that heard no answer asks again within half a minute


@sensitive_variables("password")
def sign_up(*, username: str, email: str, password: str, address: str = "") -> User:
    """Make an account with its profile and friend code. Of two people who want one name, one gets it.

    Raises an error that names the field when a detail cannot be accepted or is taken. Whoever asks for the same
    account again within minutes, password and all, gets it: their program did not hear the first answer.

    Where addresses are confirmed, nobody is told here whose an address is: an account that is asked for with one
    that is taken is made all the same, with an address that is nobody's, and the mail goes to the owner.
    """
    wanted = User(username=username.strip(), email=email.strip().lower())
    _refuse_bad_details(wanted)
    refuse_weak(password, of=wanted)
    made = _made_just_now(wanted, password, address)
    if made is None and settings.EMAIL_VERIFICATION:
        spend("password_mail", wanted.email)
    for _attempt in range(FRIEND_CODE_ATTEMPTS):
        if made:
            return made
        _refuse_taken(wanted)
        try:
            return _made(wanted, password)
        except IntegrityError:
            # Somebody was faster; if not, it was the friend code: look, and try another.
            made = _made_just_now(wanted, password, address)
    raise Unavailable(_("The account could not be made just now. Please try again."))


@transaction.atomic
@sensitive_variables("password")
def _made(wanted: User, password: str) -> User:
    is_taken = User.objects.with_email(wanted.email).exists()  # only where addresses are confirmed
    email = _stand_in(wanted) if is_taken else wanted.email
    user = User.objects.create_user(wanted.username, email, password, email_confirmed=False)
    if is_taken:
        jobs.enqueue("accounts.mail_already", to=wanted.email)
    elif settings.EMAIL_VERIFICATION:
        mail_confirmation(user, user.email)
    user.email = wanted.email
    return user


def _stand_in(wanted: User) -> str:
    """Return an address that is nobody's and never will be, the same for the same wish."""
    wish = f"{wanted.username.lower()} {wanted.email}"
    told = salted_hmac("biologidex.accounts.stand-in", wish, algorithm="sha256").hexdigest()
    return f"{told[:40]}@unconfirmed.invalid"


@sensitive_variables("password")
def _made_just_now(wanted: User, password: str, address: str) -> User | None:
    """Return the account that this very request has made before.

    It is a way to try passwords, so it is counted like signing in, and closed when there were too many: for name
    and e-mail address together, lest a wait at the door tell somebody that these two belong together.
    """
    named = Exact(Lower("username"), wanted.username.lower())
    made = User.objects.filter(named, email__in=[wanted.email, _stand_in(wanted)], is_active=True)
    user = made.filter(date_joined__gt=timezone.now() - REPEATED).first()
    if user is None:
        return None
    failures = Failures(f"{wanted.username} {wanted.email}", address)
    if failures.wait():
        return None
    if user.check_password(password):
        user.email = wanted.email
        return user
    failures.add()
    return None


def _refuse_bad_details(user: User) -> None:
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise errors.BadDetails(" ".join(sentences), field=field) from error


def _refuse_taken(user: User) -> None:
    if not settings.EMAIL_VERIFICATION:
        refuse_taken_email(user.email)
    if User.objects.filter(Exact(Lower("username"), user.username.lower())).exists():
        raise errors.NameTaken(_("This user name is taken. Please choose another one."), field="username")
