"""Work of operating the server that happens in the background."""

from uuid import UUID

from django.db import transaction

from biologidex.accounts.models import User
from biologidex.core import jobs
from biologidex.ops import personal_data


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
