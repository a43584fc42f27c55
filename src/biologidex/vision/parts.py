"""Several animals in one photo: each part that somebody has drawn around is identified by itself."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from biologidex.accounts.models import User
from biologidex.core.errors import Forbidden, Invalid
from biologidex.media import services as media
from biologidex.media.framing import Crop, Framing
from biologidex.media.models import Photo
from biologidex.vision import services
from biologidex.vision.errors import Settled
from biologidex.vision.models import AnalysisJob

MOST = 12  # animals of one photo: each takes as long to identify as a photo of its own


def crops_told(told: object) -> list[Crop]:
    """Read what a program sent, a list of parts; whatever is no part of a picture is refused."""
    if not isinstance(told, list) or len(told) > MOST:
        raise Invalid(_("Draw around %(most)s animals at most.") % {"most": MOST}, field="crops")
    crops = [Crop.given(one, field="crops") for one in told]
    return [one for one in crops if one]


def start_parts(*, by: User, photo: Photo, crops: Sequence[Crop]) -> list[AnalysisJob]:
    """Have each part of a photo identified. The same part again is the same identification while that is open.

    Call it outside a transaction, as `media.frame`.
    """
    turned = Framing.read(photo.framing)
    jobs = []
    for crop in crops:
        part = media.frame(by=by, photo=photo, framing=replace(turned, crop=crop))
        job, _ = services.start(by=by, photo=part)
        job.photo = part
        jobs.append(job)
    return jobs


def split(*, by: User, job: AnalysisJob, crops: Sequence[Crop]) -> list[AnalysisJob]:
    """Put the identifications of parts in the place of one that took the photo as a whole."""
    if job.owner_id != by.pk:
        raise Forbidden(_("Only the person who gave a photo can say what it shows."))
    if job.settled_at:
        raise Settled(_("This photo has already been filed or discarded."))
    if Framing.read(job.photo.framing).crop:
        raise Invalid(_("This is a part of a photo already."), field="crops")
    if not crops:
        raise Invalid(_("Draw around at least one animal."), field="crops")
    jobs = start_parts(by=by, photo=job.photo, crops=crops)
    services.discard(by=by, job=job)
    return jobs
