"""Whose an e-mail address is."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.debug import sensitive_variables

from biologidex.accounts import errors
from biologidex.accounts.models import User
from biologidex.accounts.services.entering import prove
from biologidex.core import audit, jobs
from biologidex.core.throttling import spend

SIGNER = signing.TimestampSigner(salt="biologidex.accounts.email")
LINK_LIFE = timedelta(days=3)


@dataclass(frozen=True)
class Claim:
    """What a link in a mail says: this person has this address.

    It counts as long as they have the address and the password that they had when they asked: whoever takes an
    account back, by a new password, also takes back what others have asked for. Of both it holds a fingerprint
    only, because a mail may go to a stranger by mistake.
    """

    user_id: str
    address: str
    asked_by: str

    @property
    def token(self) -> str:
        """Write it so that nobody can change it."""
        return SIGNER.sign_object([self.user_id, self.address, self.asked_by])

    def counts_for(self, user: User) -> bool:
        """Whether nothing has come between. Opening a link again does no harm as long as the address is theirs."""
        return user.email == self.address or self.asked_by in _fingerprints(user)

    @classmethod
    def read(cls, token: str) -> "Claim":
        """Read it, or raise StaleLink."""
        try:
            return cls(*SIGNER.unsign_object(token, max_age=LINK_LIFE))
        except (signing.BadSignature, ValueError, TypeError) as error:
            raise errors.StaleLink(errors.STALE_LINK) from error


def _fingerprints(user: User) -> list[str]:
    """Tell a person as they are now from what they were: by the key of today, then by those still believed.

    An address that came back came at another time.
    """
    standing = f"{user.email} {user.email_since.isoformat()} {user.password}"
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        salted_hmac(SIGNER.salt, standing, secret=key, algorithm="sha256").hexdigest()[:20] for key in keys
    ]


def refuse_taken_email(email: str) -> None:
    """Raise EmailTaken if somebody has this address."""
    if User.objects.with_email(email).exists():
        raise errors.EmailTaken(errors.EMAIL_TAKEN, field="email")


def mail_confirmation(user: User, address: str) -> None:
    """Have a link mailed by which its reader says that the address is this person's."""
    # The claim is as old as the wish, however late the mail is sent.
    now = _fingerprints(user)[0]
    jobs.enqueue("accounts.mail_confirmation", user_id=str(user.pk), to=address, asked_by=now)


@transaction.atomic
def ask_confirmation(*, email: str) -> None:
    """Send the mail again. Neither the answer nor its time tells whether anybody waits for one."""
    spend("password_mail", email.strip().lower())
    user = User.objects.with_email(email).filter(is_active=True, email_confirmed=False).first()
    if user:
        mail_confirmation(user, user.email)
    else:  # nobody is mailed, by the same work
        jobs.enqueue("accounts.mail_confirmation", user_id="", to="", asked_by="")


@transaction.atomic
def confirm_email(*, token: str) -> User:
    """Believe the reader of a mail that its address is theirs."""
    claim = Claim.read(token)
    user = User.objects.select_for_update().filter(pk=claim.user_id, is_active=True).first()
    if user is None or not claim.counts_for(user):
        raise errors.StaleLink(errors.STALE_LINK)
    _set_email(user, claim.address, confirmed=True)
    return user


@sensitive_variables("password")
def change_email(*, by: User, email: str, password: str, address: str) -> bool:
    """Take another e-mail address. False if it counts only when the mail sent there has been read."""
    email = email.strip().lower()
    _refuse_bad_email(email)
    prove(by, password, address=address)
    if email == by.email:
        return True
    spend("password_mail", str(by.pk))
    with transaction.atomic():
        if settings.EMAIL_VERIFICATION:
            if User.objects.with_email(email).exists():  # which only its owner is told
                jobs.enqueue("accounts.mail_already", to=email)
            else:
                mail_confirmation(by, email)
            return False
        refuse_taken_email(email)
        jobs.enqueue("accounts.mail_email_changed", user_id=str(by.pk), to=by.email)
        _set_email(by, email, confirmed=False)
    return True


def _refuse_bad_email(email: str) -> None:
    try:
        User._meta.get_field("email").clean(email, None)
    except ValidationError as error:
        raise errors.BadDetails(" ".join(error.messages), field="email") from error


def _set_email(user: User, email: str, *, confirmed: bool) -> None:
    is_another = user.email != email
    if is_another:
        user.email, user.email_since = email, timezone.now()
    user.email_confirmed = confirmed
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "email_since", "email_confirmed"])
            if is_another:
                audit.note(user.pk, "account.email", kind="person", pk=user.pk)
    except IntegrityError as error:
        raise errors.EmailTaken(errors.EMAIL_TAKEN, field="email") from error
