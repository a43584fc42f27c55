"""One process at a time, of however many are started. A lease ends with its holder: by release, or by silence."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from biologidex.core import clock
from biologidex.core.models import Lease


def hold(name: str, *, holder: UUID, seconds: float) -> bool:
    """Take or prolong the lease. False while somebody else holds it."""
    now = clock.now()
    until = now + timedelta(seconds=seconds)
    free = Q(holder=holder) | Q(until__lt=now)
    if Lease.objects.filter(free, name=name).update(holder=holder, until=until):
        return True
    try:
        with transaction.atomic():
            Lease.objects.create(name=name, holder=holder, until=until)
    except IntegrityError:
        return False
    return True


def release(name: str, *, holder: UUID) -> None:
    """Let somebody else take it at once."""
    Lease.objects.filter(name=name, holder=holder).delete()
