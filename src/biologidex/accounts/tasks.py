"""Work of this app that happens in the background."""

from django.conf import settings
from django.core.management import call_command

from biologidex.accounts import mails, services
from biologidex.accounts.models import StaffWord, User
from biologidex.core import jobs


@jobs.task("accounts.clear_sessions")
def clear_sessions(claim: jobs.Claim) -> None:  # noqa: ARG001 -- every task gets its claim
    """Delete the sessions that have run out; Django leaves them where they are."""
    call_command("clearsessions")
    services.sweep_sessions(older_than=settings.REFRESH_TOKEN_LIFETIME)


def _person(user_id: str) -> User | None:
    """Return who was meant. Blank is nobody: such work is enqueued all the same, so that nothing tells."""
    return User.objects.filter(pk=user_id, is_active=True).first() if user_id else None


@jobs.task("accounts.mail_reset", lane=jobs.Lane.INTERACTIVE, seconds=60)
def mail_reset(claim: jobs.Claim, *, user_id: str) -> None:  # noqa: ARG001
    """Send the link to a new password."""
    if user := _person(user_id):
        mails.send_reset(user)


@jobs.task("accounts.mail_confirmation", lane=jobs.Lane.INTERACTIVE, seconds=60)
def mail_confirmation(claim: jobs.Claim, *, user_id: str, to: str, asked_by: str) -> None:  # noqa: ARG001
    """Send the link that confirms an address."""
    if user := _person(user_id):
        mails.send_confirmation(user, to=to, asked_by=asked_by)


@jobs.task("accounts.mail_already", lane=jobs.Lane.INTERACTIVE, seconds=60)
def mail_already(claim: jobs.Claim, *, to: str) -> None:  # noqa: ARG001
    """Tell the owner of an address that somebody wanted it for another account."""
    mails.send_already(to=to)


@jobs.task("accounts.mail_email_changed", lane=jobs.Lane.INTERACTIVE, seconds=60)
def mail_email_changed(claim: jobs.Claim, *, user_id: str, to: str) -> None:  # noqa: ARG001
    """Tell the former address that it was replaced."""
    if user := _person(user_id):
        mails.send_email_changed(user, to=to)


@jobs.task("accounts.mail_staff_word", lane=jobs.Lane.INTERACTIVE, seconds=60)
def mail_staff_word(claim: jobs.Claim, *, user_id: str, word_id: str) -> None:  # noqa: ARG001
    """Send what those who run the server have to say."""
    if word := StaffWord.objects.filter(pk=word_id, person__is_active=True).select_related("person").first():
        mails.send_staff_word(word)
