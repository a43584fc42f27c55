"""What people have agreed to, and taken back."""

from django.db import transaction
from django.utils import timezone

from biologidex.accounts.models import Consent, User


@transaction.atomic
def give_consent(*, by: User, purpose: str) -> Consent:
    """Note that a person agrees from now on. Agreeing twice leaves the moment of the first time."""
    return Consent.objects.get_or_create(user=by, purpose=purpose, withdrawn_at=None)[0]


def withdraw_consent(*, by: User, purpose: str) -> bool:
    """Note that they do not agree any more. False if they did not."""
    return bool(
        Consent.objects.in_force().filter(user=by, purpose=purpose).update(withdrawn_at=timezone.now())
    )
