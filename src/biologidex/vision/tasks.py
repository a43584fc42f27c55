"""Work of this app that happens in the background."""

from uuid import UUID

from biologidex.core import jobs
from biologidex.vision import services


def _give_up(claim: jobs.Claim, reason: str, *, job_id: str) -> None:
    services.give_up(claim, job_id=UUID(job_id), code=reason)


@jobs.task("vision.identify_photo", lane=jobs.Lane.INTERACTIVE, give_up=_give_up)
def identify_photo(claim: jobs.Claim, *, job_id: str) -> None:
    """Identify the photo of one job."""
    services.run(claim, job_id=UUID(job_id))
