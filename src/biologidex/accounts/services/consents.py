"""What people have agreed to, and taken back."""

from django.db import transaction
from django.utils import timezone

from biologidex.accounts.models import Consent, User
from biologidex.core import audit


@transaction.atomic
def give_consent(*, by: User, purpose: str) -> Consent:
    """Note that a person agrees from now on. Agreeing twice leaves the moment of the first time."""
    consent, is_new = Consent.objects.get_or_create(user=by, purpose=purpose, withdrawn_at=None)
    if is_new:
        audit.note(by.pk, "consent.give", kind="person", pk=by.pk, purpose=purpose)
    return consent


@transaction.atomic
def withdraw_consent(*, by: User, purpose: str) -> bool:
    """Note that they do not agree any more. False if they did not."""
    given = Consent.objects.in_force().filter(user=by, purpose=purpose)
    if not given.update(withdrawn_at=timezone.now()):
        return False
    audit.note(by.pk, "consent.withdraw", kind="person", pk=by.pk, purpose=purpose)
    return True
