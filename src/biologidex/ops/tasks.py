"""Work of operating the server that happens in the background."""

import logging
from uuid import UUID

from django.conf import settings
from django.db import transaction

from biologidex.accounts.models import User
from biologidex.core import jobs
from biologidex.ops import personal_data
from biologidex.ops.backup.ways import Embedded, way

log = logging.getLogger(__name__)


@jobs.task("ops.erase_account", seconds=900)
def erase_account(claim: jobs.Claim, *, user_id: str) -> None:  # noqa: ARG001 -- every task gets its claim
    """Erase an account that was closed."""
    personal_data.erase(user_id=UUID(user_id))


@jobs.task("ops.erase_closed_accounts")
def erase_closed_accounts(claim: jobs.Claim) -> None:  # noqa: ARG001
    """Erase what an earlier try left behind, a broken disk for instance."""
    with transaction.atomic():
        for user_id in User.objects.filter(closed_at__isnull=False).values_list("pk", flat=True):
            jobs.enqueue("ops.erase_account", user_id=str(user_id))


@jobs.task("ops.back_up", seconds=1800)
def back_up(claim: jobs.Claim) -> None:  # noqa: ARG001
    """Back the embedded server up and try that out, where a place for it is named.

    PostgreSQL is backed up by who may read its files, which no worker may: docs/backup.md.
    """
    if settings.BACKUP.off_site is None:
        return
    if isinstance(chosen := way(), Embedded):
        chosen.make(log.info)
        chosen.drill(log.info, identity=None)
