"""Work of this app that happens in the background."""

from biologidex.core import jobs
from biologidex.social import services


@jobs.task("social.sweep_notifications")
def sweep_notifications(claim: jobs.Claim) -> None:  # noqa: ARG001 -- every task gets its claim
    """Delete old notifications."""
    services.sweep_notifications()
