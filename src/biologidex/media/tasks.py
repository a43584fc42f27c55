"""Work of this app that happens in the background."""

import logging

from biologidex.core import jobs
from biologidex.media import services

log = logging.getLogger(__name__)


@jobs.task("media.sweep_orphans", seconds=1800)
def sweep_orphans(claim: jobs.Claim) -> None:  # noqa: ARG001 -- every task gets its claim
    """Remove files that belong to no photo."""
    found = services.sweep_orphans()
    log.info(
        "photo files: %d orphans removed, %d photos incomplete", len(found.removed), len(found.incomplete)
    )


@jobs.task("media.sweep_unused")
def sweep_unused(claim: jobs.Claim) -> None:  # noqa: ARG001 -- every task gets its claim
    """Remove photos that nobody put to use."""
    log.info("photos: %d removed that nobody used for a day", len(services.sweep_unused()))


@jobs.task("media.sweep_uploads")
def sweep_uploads(claim: jobs.Claim) -> None:  # noqa: ARG001 -- every task gets its claim
    """Remove uploads that nobody finished."""
    log.info("uploads: %d removed that have expired", services.sweep_uploads())
