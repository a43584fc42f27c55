"""Work of the queue about itself, and what is kept for a time only."""

from datetime import timedelta

from django.conf import settings

from biologidex.core import clock, jobs
from biologidex.core.jobs import queue
from biologidex.core.models import AuditEntry

KEEP = timedelta(days=7)  # longer than a day, or daily work would be done again too soon


@jobs.task("core.sweep_jobs")
def sweep_jobs(claim: jobs.Claim) -> None:  # noqa: ARG001 -- every task gets its claim
    """Delete the rows of work that ended a week ago."""
    queue.sweep(keep=KEEP)


@jobs.task("core.sweep_audit")
def sweep_audit(claim: jobs.Claim) -> None:  # noqa: ARG001
    """Delete what the audit trail says of long ago."""
    AuditEntry.objects.forget(before=clock.now() - timedelta(days=settings.AUDIT_DAYS))
