"""Work of the queue about itself."""

from datetime import timedelta

from biologidex.core import jobs
from biologidex.core.jobs import queue

KEEP = timedelta(days=7)  # longer than a day, or daily work would be done again too soon


@jobs.task("core.sweep_jobs")
def sweep_jobs(claim: jobs.Claim) -> None:  # noqa: ARG001 -- every task gets its claim
    """Delete the rows of work that ended a week ago."""
    queue.sweep(keep=KEEP)
