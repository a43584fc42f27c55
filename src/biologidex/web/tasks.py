"""Mails that speak as the pages do."""

from biologidex.core import jobs
from biologidex.web import digest


@jobs.task("web.send_digests")
def send_digests(claim: jobs.Claim) -> None:  # noqa: ARG001 -- every task gets its claim
    """Find out for whom a digest is due."""
    digest.enqueue_due()


@jobs.task("web.send_digest", seconds=60)
def send_digest(claim: jobs.Claim, *, user_id: str) -> None:  # noqa: ARG001 -- every task gets its claim
    """Send one."""
    digest.send(user_id=user_id)
